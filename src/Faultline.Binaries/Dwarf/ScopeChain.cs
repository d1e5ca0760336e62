using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>A function or inlined call around an address. Call file and line are where it was inlined; 0 for the function itself.</summary>
internal sealed record Scope(int EntryPosition, string Name, ulong CallFile, int CallLine);

/// <summary>What is around an address inside one function: inlined calls and variables. Made for one lookup.</summary>
internal sealed class ScopeChain(DwarfUnit unit, UnitList units, DwarfTypes types)
{
    private readonly ReadBudget _budget = new(unit.Sections.Path, "DWARF lists of one function", 1024 * 1024);

    /// <summary>The function first, the innermost inlined call last.</summary>
    public List<Scope> Scopes { get; } = [];

    /// <summary>In the order of their entries, those of inlined calls included.</summary>
    public List<DwarfVariable> Variables { get; } = [];

    /// <exception cref="MalformedDataException">The function's entries cannot be read.</exception>
    public void Read(FunctionRange function, ulong address, bool wantVariables)
    {
        var entry = new EntryReader(unit, function.EntryPosition);
        if (!entry.MoveNext())
            return;
        Scopes.Add(new Scope(entry.Position, NameOf(unit, entry, 0), 0, 0));

        // Which of the open entries is the innermost function: by depth.
        var owners = new Stack<(int Depth, string Name)>();
        owners.Push((0, Scopes[0].Name));
        while (entry.MoveNext())
        {
            while (owners.Count > 1 && owners.Peek().Depth >= entry.Depth)
                owners.Pop();
            switch (entry.Tag)
            {
                case DwarfTag.InlinedSubroutine:
                    if (!Holds(entry, address) || Scopes.Count > ReadLimits.InlineDepth)
                    {
                        entry.SkipChildren();
                        break;
                    }

                    var name = NameOf(unit, entry, 0);
                    Scopes.Add(new Scope(
                        entry.Position, name, entry.Find(DwarfAttribute.CallFile).Number, (int)Math.Min(entry.Find(DwarfAttribute.CallLine).Number, int.MaxValue)));
                    owners.Push((entry.Depth, name));
                    break;
                case DwarfTag.LexicalBlock:
                    if (HasCode(entry) && !Holds(entry, address))
                        entry.SkipChildren();
                    break;
                case DwarfTag.Variable or DwarfTag.FormalParameter:
                    if (wantVariables)
                        Variables.Add(ReadVariable(entry, address, owners.Peek().Name));
                    entry.SkipChildren();
                    break;
                default:
                    entry.SkipChildren();
                    break;
            }
        }
    }

    /// <summary>Logical frames, innermost first.</summary>
    public List<SourceFrame> Frames(ulong address, ulong entryAddress)
    {
        var frames = new List<SourceFrame>(Scopes.Count);
        var (file, line) = unit.Lines is { } table && table.TryFind(address, out var row) ? (table.FileName(row.File), (int)row.Line) : ("", 0);
        for (var index = Scopes.Count - 1; index >= 0; index--)
        {
            frames.Add(new SourceFrame(Scopes[index].Name, file, line, Inlined: index > 0, entryAddress));
            (file, line) = (unit.FileName(Scopes[index].CallFile), Scopes[index].CallLine);
        }

        return frames;
    }

    private static bool HasCode(in EntryReader entry) =>
        entry.Find(DwarfAttribute.Ranges).IsPresent || entry.Find(DwarfAttribute.LowPc).IsPresent;

    private bool Holds(in EntryReader entry, ulong address)
    {
        foreach (var range in unit.RangesOf(entry, _budget))
        {
            if (range.Holds(address))
                return true;
        }

        return false;
    }

    private DwarfVariable ReadVariable(in EntryReader entry, ulong address, string function)
    {
        var location = entry.Find(DwarfAttribute.Location);
        byte[] expression = [];
        if (location.IsBlock)
            expression = unit.Block(location).ToArray();
        else if (location.IsPresent)
            expression = LocationList.Find(unit, location, address, _budget);

        var (name, type, line) = ("", -1, 0UL);
        var (owner, parameter) = (unit, entry.Find(DwarfAttribute.VariableParameter));
        var current = entry;
        for (var depth = 0; depth < ReadLimits.ReferenceDepth; depth++)
        {
            if (name.Length == 0)
                name = owner.Text(current.Find(DwarfAttribute.Name));
            if (type < 0)
                type = owner.Reference(current.Find(DwarfAttribute.Type)) ?? -1;
            if (line == 0)
                line = current.Find(DwarfAttribute.DeclarationLine).Number;
            if (!parameter.IsPresent)
                parameter = current.Find(DwarfAttribute.VariableParameter);
            if (owner.Reference(current.Find(DwarfAttribute.AbstractOrigin)) is not { } origin || units.Holding(origin) is not { } next)
                break;
            owner = next;
            current = new EntryReader(next, origin);
            if (!current.MoveNext())
                break;
        }

        return new DwarfVariable(
            name, types.NameOf(type), type, function, entry.Tag == DwarfTag.FormalParameter,
            parameter.Number != 0, (int)Math.Min(line, int.MaxValue), expression);
    }

    /// <summary>A function's name stands in its entry, or in the abstract or declaring entry that it refers to.</summary>
    private string NameOf(DwarfUnit owner, in EntryReader entry, int depth)
    {
        if (owner.Text(entry.Find(DwarfAttribute.LinkageName)) is { Length: > 0 } linkage)
            return linkage;
        if (owner.Text(entry.Find(DwarfAttribute.Name)) is { Length: > 0 } name)
            return name;
        var reference = owner.Reference(entry.Find(DwarfAttribute.AbstractOrigin)) ?? owner.Reference(entry.Find(DwarfAttribute.Specification));
        if (depth >= ReadLimits.ReferenceDepth || reference is not { } origin || units.Holding(origin) is not { } next)
            return "";
        var target = new EntryReader(next, origin);
        return target.MoveNext() ? NameOf(next, target, depth + 1) : "";
    }
}

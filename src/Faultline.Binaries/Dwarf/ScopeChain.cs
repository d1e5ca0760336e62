using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>A function or inlined call around an address. Call file and line are where it was inlined; 0 for the function itself.</summary>
internal sealed record Scope(int EntryPosition, string Name, ulong CallFile, int CallLine);

/// <summary>What is around an address inside one function: inlined calls and variables. Made for one lookup.</summary>
internal sealed class ScopeChain(DwarfUnit unit, UnitList units, DwarfTypes types)
{
    private readonly EntryDescriber _entries = new(units);
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
        Scopes.Add(new Scope(entry.Position, _entries.NameOf(unit, entry), 0, 0));

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

                    var name = _entries.NameOf(unit, entry);
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

        var variable = _entries.Describe(unit, entry);
        return new DwarfVariable(
            variable.Name, types.NameOf(variable.Type), variable.Type, function, entry.Tag == DwarfTag.FormalParameter, variable.IsResult, variable.Line, expression, location.IsPresent && !location.IsBlock);
    }
}

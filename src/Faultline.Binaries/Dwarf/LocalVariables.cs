using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>Finds variables in the entries of all functions.</summary>
internal sealed class LocalVariables(UnitList units, DwarfTypes types)
{
    private const int CountLimit = 1 << 16;
    private readonly EntryDescriber _entries = new(units);
    private readonly List<LocalVariable> _found = [];

    public IReadOnlyList<LocalVariable> Find(Func<string, int, bool> wants)
    {
        foreach (var unit in units.All)
        {
            var seen = new HashSet<int>(); // code in several pieces has one entry
            var budget = new ReadBudget(unit.Sections.Path, "DWARF lists of one unit", ReadLimits.LineRowCount);
            foreach (var function in unit.Functions.All)
            {
                if (!seen.Add(function.EntryPosition))
                    continue;
                try
                {
                    Read(unit, function, wants, budget);
                }
                catch (MalformedDataException exception)
                {
                    unit.Sections.Log.Add("DWARF0102", DiagnosticSeverity.Warning, exception);
                }
            }
        }

        return _found;
    }

    private void Read(DwarfUnit unit, FunctionRange function, Func<string, int, bool> wants, ReadBudget budget)
    {
        var entry = new EntryReader(unit, function.EntryPosition);
        if (!entry.MoveNext())
            return;

        // Which of the open entries is the innermost function: by depth.
        var owners = new Stack<(int Depth, int Position)>();
        owners.Push((0, entry.Position));
        while (entry.MoveNext() && _found.Count < CountLimit)
        {
            while (owners.Count > 1 && owners.Peek().Depth >= entry.Depth)
                owners.Pop();
            if (entry.Tag == DwarfTag.InlinedSubroutine)
            {
                owners.Push((entry.Depth, entry.Position));
            }
            else if (entry.Tag is DwarfTag.Variable or DwarfTag.FormalParameter)
            {
                Add(unit, function, owners.Peek().Position, entry, wants, budget);
                entry.SkipChildren();
            }
            else if (entry.Tag != DwarfTag.LexicalBlock)
            {
                entry.SkipChildren();
            }
        }
    }

    private void Add(DwarfUnit unit, FunctionRange function, int owner, in EntryReader entry, Func<string, int, bool> wants, ReadBudget budget)
    {
        var variable = _entries.Describe(unit, entry);
        var isByAddress = variable.Name.StartsWith('&');
        var name = isByAddress ? variable.Name[1..] : variable.Name;
        if (!wants(name, variable.Line))
            return;
        var (declaring, file) = FunctionAt(unit, owner);
        var code = owner == function.EntryPosition ? declaring : FunctionAt(unit, function.EntryPosition).Name;
        _found.Add(new LocalVariable(
            name, isByAddress, types.NameOf(variable.Type), variable.Type, declaring, code, function.Start, file, variable.Line,
            entry.Tag == DwarfTag.FormalParameter, [.. Places(unit, entry, budget).Select(VariablePieces.Decode).Where(pieces => pieces.Count > 0)]));
    }

    private (string Name, string File) FunctionAt(DwarfUnit unit, int position)
    {
        var entry = new EntryReader(unit, position);
        return entry.MoveNext() ? _entries.Function(unit, entry) : ("", "");
    }

    private static List<byte[]> Places(DwarfUnit unit, in EntryReader entry, ReadBudget budget)
    {
        var location = entry.Find(DwarfAttribute.Location);
        if (location.IsBlock)
            return [unit.Block(location).ToArray()];
        return location.IsPresent ? LocationList.All(unit, location, budget) : [];
    }
}

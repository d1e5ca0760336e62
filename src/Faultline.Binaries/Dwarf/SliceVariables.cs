using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Dwarf;

/// <summary>Finds the slices that the code at an instruction can name: variables in scope, package-level ones, and fields that they lead to.</summary>
/// <param name="dwarf">Of the program.</param>
public sealed class SliceVariables(DwarfInfo dwarf)
{
    private const int Most = 24;
    private const int MostSteps = 3;
    private const int MostAliases = 8;
    private const int WordSize = 8;

    private delegate WordPath? WordAt(long offset);

    /// <summary>The slices at an address, variables before fields; at most 24. Empty where the code has none or DWARF says nothing.</summary>
    /// <param name="address">Link-time address of an instruction.</param>
    /// <param name="package">Its package-level variables count too.</param>
    public IReadOnlyList<SliceVariable> Find(ulong address, string package)
    {
        var found = new List<SliceVariable>();
        var pending = new Queue<Stop>();
        foreach (DwarfVariable variable in dwarf.FindVariables(address))
        {
            if (Resolve(variable.TypePosition) is { } type && variable.Pieces is [_, ..] pieces && (variable.IsListed ? WordsOf(pieces, type) : WordsOf(pieces)) is { } words)
                pending.Enqueue(new Stop(variable.Name.TrimStart('&'), variable.TypePosition, words, 0, 0));
        }

        foreach (DwarfGlobal global in dwarf.Globals)
        {
            if (global.Name.StartsWith(package, StringComparison.Ordinal) && global.Name.LastIndexOf('.') == package.Length)
                pending.Enqueue(new Stop(global.Name, global.TypePosition, WordsOf([new VariablePiece(VariablePlace.Address, (long)global.Address, -1, 0)]), 0, 0));
        }

        while (found.Count < Most && pending.TryDequeue(out Stop? stop))
            Visit(stop, found, pending);
        return found;
    }

    private void Visit(Stop stop, List<SliceVariable> found, Queue<Stop> pending)
    {
        if (Resolve(stop.Type) is not { } type)
            return;
        switch ((GoKind)type.GoKind)
        {
            case GoKind.Slice when type.Fields is [{ } data, ..] && Resolve(data.TypePosition) is { } pointer && Resolve(pointer.TargetPosition) is { Size: > 0 } element && stop.Words(stop.Offset) is { } first:
                found.Add(new SliceVariable(stop.Name, element.Size, first, stop.Words(stop.Offset + WordSize), stop.Words(stop.Offset + (2 * WordSize))));
                break;
            case GoKind.Struct when stop.Steps < MostSteps:
                foreach (DwarfField field in type.Fields)
                    pending.Enqueue(stop with { Name = field.IsEmbedded ? stop.Name : $"{stop.Name}.{field.Name}", Type = field.TypePosition, Offset = stop.Offset + field.Offset, Steps = stop.Steps + 1 });
                break;
            case GoKind.Pointer when stop.Steps < MostSteps && stop.Words(stop.Offset) is { } address:
                pending.Enqueue(stop with { Type = type.TargetPosition, Words = offset => address with { Loads = [.. address.Loads, offset] }, Offset = 0, Steps = stop.Steps + 1 });
                break;
        }
    }

    /// <summary>The words of a variable whose place is in a list, which names the parts that are kept; of a slice that is kept in part, the first is taken for the pointer.</summary>
    private static WordAt? WordsOf(IReadOnlyList<VariablePiece> pieces, DwarfType type)
    {
        if (pieces is [{ Size: 0 } only])
            pieces = [only with { Size = WordSize }];
        // Pointer types have no size of their own.
        if (pieces.Sum(piece => (long)piece.Size) == ((GoKind)type.GoKind == GoKind.Pointer ? WordSize : type.Size))
            return WordsOf(pieces);
        return (GoKind)type.GoKind != GoKind.Slice || pieces.Count > 2 ? null
            : offset => offset < pieces.Count * WordSize ? WordsOf(pieces)(offset) : null;
    }

    /// <summary>The words of a variable by their offsets in it: in one piece of memory, or each where its piece lies.</summary>
    private static WordAt WordsOf(IReadOnlyList<VariablePiece> pieces)
    {
        if (pieces is [{ Place: not (VariablePlace.Register or VariablePlace.None), Size: 0 } whole])
            return offset => new WordPath(whole, [offset]);
        return offset =>
        {
            long start = 0;
            foreach (VariablePiece piece in pieces)
            {
                long size = piece.Size == 0 ? WordSize : piece.Size;
                if (offset >= start && offset + WordSize <= start + size)
                    return piece.Place switch
                    {
                        VariablePlace.None => null,
                        VariablePlace.Register => offset == start && size == WordSize ? new WordPath(piece, []) : null,
                        _ => new WordPath(piece, [offset - start]),
                    };
                start += size;
            }

            return null;
        };
    }

    private DwarfType? Resolve(int position)
    {
        for (int depth = 0; depth < MostAliases && position >= 0; depth++)
        {
            DwarfType? type = dwarf.ReadType(position);
            if (type is not { Tag: DwarfTag.Typedef })
                return type;
            position = type.TargetPosition;
        }

        return null;
    }

    private sealed record Stop(string Name, int Type, WordAt Words, long Offset, int Steps);
}

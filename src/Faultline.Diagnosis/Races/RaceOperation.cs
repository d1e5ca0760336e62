namespace Faultline.Diagnosis.Races;

/// <summary>What a side of a race did. JSON spells the names in kebab case.</summary>
public enum RaceOperation
{
    Read,
    Write,
    AtomicRead,
    AtomicWrite,
    MapRead,
    MapWrite,
    MapDelete,
    MapIterate,
    MapClear,
    MapClone,
    ChanSend,
    ChanReceive,
    ChanClose,

    /// <summary>The elements that <c>copy</c> reads.</summary>
    CopyFrom,

    /// <summary>The elements that <c>copy</c> writes.</summary>
    CopyTo,

    /// <summary>The elements that <c>append</c> copies out of a full array.</summary>
    AppendGrow,

    /// <summary>The bytes that a conversion to or from a string reads.</summary>
    Convert,

    /// <summary>A <c>sync.WaitGroup</c> whose first Add and Wait are not in order.</summary>
    WaitGroup,
}

/// <summary>Reads operations from stacks.</summary>
internal static class RaceOperations
{
    /// <summary>The operation of an access by the function that the detector caught it in.</summary>
    public static RaceOperation Of(bool isWrite, IReadOnlyList<string> functions)
    {
        var innermost = functions.Count > 0 ? functions[0] : "";
        if (innermost.StartsWith("sync/atomic.", StringComparison.Ordinal))
            return isWrite ? RaceOperation.AtomicWrite : RaceOperation.AtomicRead;
        if (innermost is "runtime.racewrite" or "runtime.raceread" || innermost.StartsWith("sync.(*WaitGroup).", StringComparison.Ordinal))
            return RaceOperation.WaitGroup;
        if (innermost.StartsWith("reflect.", StringComparison.Ordinal) && functions.FirstOrDefault(function => function.StartsWith("runtime.", StringComparison.Ordinal)) is { } below)
            innermost = below;
        if (!innermost.StartsWith("runtime.", StringComparison.Ordinal))
            return isWrite ? RaceOperation.Write : RaceOperation.Read;
        return OfRuntime(innermost["runtime.".Length..], isWrite);
    }

    private static RaceOperation OfRuntime(string name, bool isWrite)
    {
        if (Begins(name, "mapaccess"))
            return RaceOperation.MapRead;
        if (Begins(name, "mapassign"))
            return RaceOperation.MapWrite;
        if (Begins(name, "mapdelete"))
            return RaceOperation.MapDelete;
        if (Begins(name, "mapiter") || Begins(name, "mapIter"))
            return RaceOperation.MapIterate;
        if (Begins(name, "mapclear"))
            return RaceOperation.MapClear;
        if (Begins(name, "mapclone"))
            return RaceOperation.MapClone;
        if (Begins(name, "chansend") || name is "selectnbsend")
            return RaceOperation.ChanSend;
        if (Begins(name, "chanrecv") || name is "selectnbrecv")
            return RaceOperation.ChanReceive;
        if (name is "closechan")
            return RaceOperation.ChanClose;
        if (Begins(name, "growslice"))
            return RaceOperation.AppendGrow;
        if (name is "slicecopy" or "typedslicecopy" or "slicestringcopy")
            return isWrite ? RaceOperation.CopyTo : RaceOperation.CopyFrom;
        if (Begins(name, "slicebytetostring") || Begins(name, "slicerunetostring") || Begins(name, "stringtoslice"))
            return RaceOperation.Convert;
        return isWrite ? RaceOperation.Write : RaceOperation.Read;
    }

    private static bool Begins(string name, string with) => name.StartsWith(with, StringComparison.Ordinal);

    /// <summary>The detector's address is that of a range, and the byte fought for may lie behind it.</summary>
    public static bool IsRange(RaceOperation operation)
        => operation is RaceOperation.CopyFrom or RaceOperation.CopyTo or RaceOperation.AppendGrow or RaceOperation.Convert;

    /// <summary>The address is that of a map, a channel or a lock as a whole.</summary>
    public static bool IsWholeObject(RaceOperation operation)
        => operation is >= RaceOperation.MapRead and <= RaceOperation.ChanClose or RaceOperation.WaitGroup;
}

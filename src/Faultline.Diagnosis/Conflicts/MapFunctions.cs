using Faultline.Diagnosis.Accesses;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>The runtime's map functions by the names that tracebacks print, and where their arguments hold the map.</summary>
internal static class MapFunctions
{
    private static readonly (string Prefix, AccessOperation Operation, int TypeIndex, int MapIndex)[] Entries =
    [
        ("runtime.mapaccess", AccessOperation.MapRead, 0, 1),
        ("runtime.mapassign", AccessOperation.MapWrite, 0, 1),
        ("runtime.mapdelete", AccessOperation.MapDelete, 0, 1),
        ("runtime.mapiterinit", AccessOperation.MapIterate, 0, 1),
        ("runtime.mapIterStart", AccessOperation.MapIterate, 0, 1),
        ("runtime.mapiternext", AccessOperation.MapIterate, -1, -1),
        ("runtime.mapIterNext", AccessOperation.MapIterate, -1, -1),
        ("runtime.mapclear", AccessOperation.MapClear, 0, 1),
        ("runtime.mapclone", AccessOperation.MapClone, 0, 1),
        ("maps.clone", AccessOperation.MapClone, 0, 1),
        ("internal/runtime/maps.(*Map).Delete", AccessOperation.MapDelete, 1, 0),
        ("internal/runtime/maps.(*Map).Clear", AccessOperation.MapClear, 1, 0),
        ("internal/runtime/maps.(*Map).Clone", AccessOperation.MapClone, 1, 0),
        ("internal/runtime/maps.(*Map).PutSlot", AccessOperation.MapWrite, 1, 0),
        ("internal/runtime/maps.(*Map).putSlotSmall", AccessOperation.MapWrite, 1, 0),
        ("internal/runtime/maps.(*Map).growTo", AccessOperation.MapWrite, 1, 0),
        ("internal/runtime/maps.(*table).uncheckedPutSlot", AccessOperation.MapWrite, -1, -1),
        ("internal/runtime/maps.(*table).rehash", AccessOperation.MapWrite, -1, -1),
        ("internal/runtime/maps.(*table).grow", AccessOperation.MapWrite, -1, -1),
        ("internal/runtime/maps.(*table).split", AccessOperation.MapWrite, -1, -1),
        ("runtime.hashGrow", AccessOperation.MapWrite, 0, 1),
        ("runtime.growWork", AccessOperation.MapWrite, 0, 1),
        ("runtime.evacuate", AccessOperation.MapWrite, 0, 1),
        ("internal/runtime/maps.(*Iter).", AccessOperation.MapIterate, -1, -1),
    ];

    /// <summary>The operation that a runtime function performs on a map; null when it performs none.</summary>
    public static AccessOperation? Find(string function)
    {
        foreach (var entry in Entries)
        {
            if (function.StartsWith(entry.Prefix, StringComparison.Ordinal))
                return entry.Operation;
        }

        return null;
    }

    /// <summary>Map and type as a frame's arguments show them; absent values where the function takes none.</summary>
    public static MapArguments ReadArguments(TracebackFrame frame)
    {
        foreach (var entry in Entries)
        {
            if (frame.Location.Function.StartsWith(entry.Prefix, StringComparison.Ordinal))
                return new MapArguments(Find(frame.Arguments, entry.MapIndex), Find(frame.Arguments, entry.TypeIndex));
        }

        return default;
    }

    public static bool IsWrite(AccessOperation operation)
        => operation is AccessOperation.MapWrite or AccessOperation.MapDelete or AccessOperation.MapClear;

    private static Argument? Find(IReadOnlyList<Argument> arguments, int index)
    {
        // The leading arguments are scalars, so a brace before the index means a layout that this table does not know.
        if (index < 0 || index >= arguments.Count)
            return null;
        for (var i = 0; i <= index; i++)
        {
            if (arguments[i].Kind != ArgumentKind.Value)
                return null;
        }

        return arguments[index].Value > 0xfff ? arguments[index] : null;
    }
}

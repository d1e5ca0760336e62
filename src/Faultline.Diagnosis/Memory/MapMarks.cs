using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Maps;
using Faultline.Runtime.Memory;

namespace Faultline.Diagnosis.Memory;

/// <summary>
/// Finds the keys that the goroutines that fought over a map gave to the runtime's functions, and where in the map they are.
/// </summary>
internal static class MapMarks
{
    private const int PartyLimit = 8;

    /// <summary>In the order of the goroutines; those whose key is not known or not found are left out.</summary>
    /// <param name="state">The process.</param>
    /// <param name="scanned">Its memory, to look through all of the map.</param>
    /// <param name="map">The map.</param>
    /// <param name="type">Its type.</param>
    /// <param name="parties">Who raised the fault, then the others.</param>
    /// <param name="homes">Where the program's functions keep their arguments.</param>
    /// <param name="limit">Reads of <paramref name="scanned"/>.</param>
    public static List<MapMark> Find(RuntimeState state, TargetMemory scanned, GoMap map, GoType type, IEnumerable<Goroutine> parties, ArgumentHomes homes, int limit)
    {
        if (state.Types.KeyOf(type) is not { } key)
            return [];
        var calls = parties.Take(PartyLimit).Select(party => MapCall.Find(state, party, map.Address, key, homes)).OfType<MapCall>().Where(call => call.Key is not null).ToArray();
        if (calls.Length == 0)
            return [];
        var search = MapSearch.Run(scanned, state.Types, map, key, calls, limit);
        var marks = new List<MapMark>();
        for (var index = 0; index < calls.Length; index++)
        {
            var call = calls[index];
            if (search.PlaceOf(index) is { } place)
                marks.Add(new MapMark { Goroutine = (long)call.Goroutine.Id, Function = call.Function, Place = place, Key = Look(state, map, key, place, call.Key!) });
        }

        return marks;
    }

    /// <summary>Reads a place, and both keys to compare them: a small core keeps what is read in this way, so that it is found again in it.</summary>
    /// <returns>The key that is there, on one line; null without one.</returns>
    private static string? Look(RuntimeState state, GoMap map, GoType key, MapPlace place, byte[] sought)
    {
        foreach (var unit in place.IsOld ? map.OldUnits(place.Index) : map.CurrentUnits(place.Index))
        {
            if (unit.Chain != place.Chain)
                break;
            if (unit.Depth != place.Depth)
                continue;
            var entry = map.EntryAt(unit.Address, place.Slot);
            var there = state.Memory.ReadBytes(entry.Key, (int)key.Size);
            if (there.Length == sought.Length)
                _ = new KeyEquality(state.Types, state.Memory).Compare(key, sought, there);
            return PictureText.Of(state, key, entry.Key);
        }

        return null;
    }
}

using System.Buffers.Binary;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Maps;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Values;

namespace Faultline.Diagnosis.Memory;

/// <summary>
/// Looks through a map for keys, in one pass. They are compared, not hashed: hashes depend on the processor that made them. The
/// pass ends after a number of reads, whatever memory claims.
/// </summary>
internal sealed class MapSearch
{
    /// <summary>Reads of buckets, groups and texts in a core.</summary>
    public const int ImageLimit = 1 << 22;

    /// <summary>The same in a process, which stands still meanwhile: a fraction of a second.</summary>
    public const int ProcessLimit = 1 << 16;

    private const int ChainLimit = 4096;
    private const byte FirstEvacuated = 2;
    private const byte FirstLiveTopHash = 5;

    private readonly TargetMemory _memory;
    private readonly MapLayout _layout;
    private readonly GoType _key;
    private readonly KeyEquality _equality;
    private readonly MapCall[] _calls;
    private readonly MapPlace?[] _places;
    private readonly byte[] _unit;
    private readonly byte[] _indirect;
    private int _left;
    private int _sought;

    private MapSearch(TargetMemory memory, TypeCatalog types, MapLayout layout, GoType key, MapCall[] calls, int limit)
    {
        (_memory, _layout, _key, _calls, _left) = (memory, layout, key, calls, limit);
        _equality = new KeyEquality(types, memory);
        _places = new MapPlace?[calls.Length];
        _sought = calls.Length;
        _unit = new byte[layout.UnitSize];
        _indirect = new byte[(int)key.Size];
    }

    /// <summary>Where the key of a call is; null when it was not found.</summary>
    public MapPlace? PlaceOf(int call) => _places[call];

    private bool IsOver => _left <= _equality.TextCount || _sought == 0;

    /// <param name="memory">What the map lies in.</param>
    /// <param name="types">The types of the program.</param>
    /// <param name="map">The map.</param>
    /// <param name="key">Type of its keys.</param>
    /// <param name="calls">Whose keys are looked for.</param>
    /// <param name="limit">Reads of memory.</param>
    public static MapSearch Run(TargetMemory memory, TypeCatalog types, GoMap map, GoType key, MapCall[] calls, int limit)
    {
        var search = new MapSearch(memory, types, map.Layout, key, calls, limit);
        if (key.Size > MapCall.LargestKey)
            return search;
        if (map.Classic is { } classic)
        {
            search.Buckets(classic.Buckets, classic.BucketCount, isOld: false);
            search.Buckets(classic.OldBuckets, classic.OldBucketCount, isOld: true);
        }
        else if (map.Swiss is { IsSmall: true } small)
            search.Groups(small.Directory, count: small.Directory == 0 ? 0UL : 1, table: 0, first: 0);
        else
        {
            var first = 0UL;
            for (var table = 0; table < map.Tables.Count; table++)
            {
                search.Groups(map.Tables[table].Groups, map.Tables[table].GroupCount, table, first);
                first += map.Tables[table].GroupCount;
            }
        }

        return search;
    }

    private void Buckets(ulong array, ulong count, bool isOld)
    {
        for (var index = 0UL; array != 0 && index < count; index++)
        {
            var address = array + (index * (ulong)_layout.UnitSize);
            for (var depth = 0; address != 0 && !IsOver; depth++)
            {
                if (depth >= ChainLimit || !TryRead(address))
                    break;

                // What was moved is in the other array.
                if (depth == 0 && isOld && _unit[0] is >= FirstEvacuated and < FirstLiveTopHash)
                    break;
                for (var slot = 0; slot < MapLayout.SlotCount; slot++)
                {
                    if (_unit[slot] >= FirstLiveTopHash)
                        Compare(slot, new MapPlace(index, index, depth, isOld, slot));
                }

                address = BinaryPrimitives.ReadUInt64LittleEndian(_unit.AsSpan(_unit.Length - 8));
            }

            if (IsOver)
                return;
        }
    }

    private void Groups(ulong array, ulong count, int table, ulong first)
    {
        for (var group = 0UL; group < count; group++)
        {
            var address = array + (group * (ulong)_layout.UnitSize);
            var isRead = TryRead(address);
            if (IsOver)
                return;
            for (var slot = 0; isRead && slot < MapLayout.SlotCount; slot++)
            {
                if ((_unit[slot] & 0x80) == 0)
                    Compare(slot, new MapPlace(first + group, (ulong)table, (int)group, IsOld: false, slot));
            }
        }
    }

    private bool TryRead(ulong address)
    {
        _left--;
        return _memory.TryRead(address, _unit);
    }

    private void Compare(int slot, MapPlace place)
    {
        var offset = _layout.KeysOffset + (slot * _layout.KeyStride);
        ReadOnlySpan<byte> found = _indirect;
        if (_layout.IsKeyIndirect)
        {
            if (!_memory.TryRead(BinaryPrimitives.ReadUInt64LittleEndian(_unit.AsSpan(offset)), _indirect))
                return;
        }
        else if (offset + _indirect.Length <= _unit.Length)
            found = _unit.AsSpan(offset, _indirect.Length);
        else
            return;

        for (var call = 0; call < _calls.Length; call++)
        {
            if (_places[call] is not null || _calls[call].Key is not { } key || _equality.Compare(_key, key, found) != true)
                continue;
            _places[call] = place;
            _sought--;
        }
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Faultline.Samples;

/// <summary>The file in which a sample wrote what each goroutine did to which map; the format is in <c>samples/ledger/FORMAT.md</c>.</summary>
public sealed class Ledger
{
    private const int HeaderSize = 104;
    private const int EntrySize = 64;
    private const int SlotHeaderSize = 64;
    private const int RecordSize = 32;
    private const int MaximumTableEntries = 65_536;
    private const int MaximumSlotSize = 1 << 20;

    private Ledger(string goRelease, long started, IReadOnlyList<LedgerSite> sites, IReadOnlyList<LedgerMap> maps, IReadOnlyList<LedgerSlot> slots)
    {
        GoRelease = goRelease;
        Started = started;
        Sites = sites;
        Maps = maps;
        Slots = slots;
    }

    /// <summary>What <c>runtime.Version()</c> said.</summary>
    public string GoRelease { get; }

    /// <summary>Start of the process, nanoseconds of CLOCK_MONOTONIC.</summary>
    public long Started { get; }

    public IReadOnlyList<LedgerSite> Sites { get; }

    public IReadOnlyList<LedgerMap> Maps { get; }

    /// <summary>In the order of the file, which is the order of opening until slots are used again.</summary>
    public IReadOnlyList<LedgerSlot> Slots { get; }

    /// <summary>Reads a whole ledger.</summary>
    /// <exception cref="InvalidDataException">It is not a finished ledger of version 2.</exception>
    public static Ledger Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] header = ReadAt(stream, 0, HeaderSize);
        if (!header.AsSpan(0, 8).SequenceEqual("FLTLEDG1"u8) || Number(header, 8) != 2)
            throw new InvalidDataException($"{path}: not a ledger of version 2");

        uint slotCount = Number(header, 12), slotSize = Number(header, 16), ringLength = Number(header, 20), tableSize = Number(header, 36);
        if (tableSize > MaximumTableEntries || slotSize > MaximumSlotSize || slotSize != SlotHeaderSize + 2 * ringLength * RecordSize)
            throw new InvalidDataException($"{path}: sizes in the header do not fit each other");

        byte[] siteBytes = ReadAt(stream, Number(header, 24), tableSize * EntrySize);
        byte[] mapBytes = ReadAt(stream, Number(header, 28), tableSize * EntrySize);
        uint siteCount = Math.Min(Number(header, 40), tableSize - 1), mapCount = Math.Min(Number(header, 44), tableSize - 1);
        List<LedgerSite> sites = [];
        for (int id = 1; id <= siteCount; id++)
            sites.Add(new LedgerSite(id, (LedgerOperation)Number(siteBytes, id * EntrySize), Text(siteBytes, id * EntrySize + 4, 60)));
        List<LedgerMap> maps = [];
        for (int id = 1; id <= mapCount; id++)
            maps.Add(new LedgerMap(id, Wide(mapBytes, id * EntrySize), Text(mapBytes, id * EntrySize + 8, 56)));

        ulong used = Math.Min(Wide(header, 48), slotCount);
        List<LedgerSlot> slots = new((int)used);
        byte[] bytes = new byte[slotSize];
        stream.Position = Number(header, 32);
        for (ulong index = 0; index < used; index++)
        {
            stream.ReadExactly(bytes);
            if (Wide(bytes, 0) != 0)
                slots.Add(ReadSlot(bytes, (int)ringLength, sites, maps));
        }
        return new Ledger(Text(header, 72, 32), (long)Wide(header, 56), sites, maps, slots);
    }

    /// <summary>The slot of a goroutine; null when it never opened one or its slot was used again. Goroutine ids are never used again.</summary>
    public LedgerSlot? TryFindSlot(long goroutine) => Slots.LastOrDefault(slot => slot.Goroutine == goroutine);

    private static LedgerSlot ReadSlot(byte[] bytes, int ringLength, List<LedgerSite> sites, List<LedgerMap> maps)
    {
        ulong count = Wide(bytes, 24), writes = Wide(bytes, 32);
        ReadOnlySpan<byte> rings = bytes.AsSpan(SlotHeaderSize);
        int ringSize = ringLength * RecordSize;
        IEnumerable<LedgerRecord> records =
        [
            .. ReadRing(rings[..ringSize], count - writes, count, sites, maps),
            .. ReadRing(rings[ringSize..], writes, count, sites, maps),
        ];
        long closed = (long)Wide(bytes, 16);
        return new LedgerSlot(
            (long)Wide(bytes, 0),
            Text(bytes, 44, 20),
            (long)Wide(bytes, 8),
            closed == 0 ? null : closed,
            count,
            writes > (ulong)ringLength,
            [.. records.OrderBy(record => record.Number)]);
    }

    /// <summary>The records of one ring, oldest first.</summary>
    /// <param name="written">How many operations went into this ring.</param>
    /// <param name="last">Number of the slot's last operation.</param>
    private static List<LedgerRecord> ReadRing(ReadOnlySpan<byte> ring, ulong written, ulong last, List<LedgerSite> sites, List<LedgerMap> maps)
    {
        List<LedgerRecord> records = [];
        ulong length = (ulong)(ring.Length / RecordSize);
        for (ulong position = written > length ? written - length : 0; position < written; position++)
        {
            ReadOnlySpan<byte> bytes = ring.Slice((int)(position % length) * RecordSize, RecordSize);
            uint site = Number(bytes, 16), map = Number(bytes, 20);
            ulong number = Wide(bytes, 24);
            // A record that was being written when the process died still holds the number of an older one, or no time yet.
            if (number > last || number <= (records.Count > 0 ? records[^1].Number : 0) || site == 0 || site > sites.Count || IsTimeMissing(records, (long)Wide(bytes, 0)))
                continue;
            long exit = (long)Wide(bytes, 8);
            records.Add(new LedgerRecord(
                (long)Wide(bytes, 0), exit == 0 ? null : exit, sites[(int)site - 1], map == 0 || map > maps.Count ? null : maps[(int)map - 1], number));
        }

        return records;
    }

    private static bool IsTimeMissing(List<LedgerRecord> before, long enter) => enter == 0 || (before.Count > 0 && enter < before[^1].Enter);

    private static byte[] ReadAt(FileStream stream, long offset, long size)
    {
        byte[] bytes = new byte[size];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong Wide(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private static string Text(byte[] bytes, int offset, int size)
    {
        ReadOnlySpan<byte> text = bytes.AsSpan(offset, size);
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Faultline.Samples.Tests;

/// <summary>Ledgers built byte by byte after FORMAT.md, so that the rules are tested without luck.</summary>
public sealed class LedgerTests : IDisposable
{
    private const int Ring = 4;
    private const int SlotSize = 64 + 2 * Ring * 32;
    private const int SiteTable = 128;
    private const int MapTable = SiteTable + 8 * 64;
    private const int SlotTable = MapTable + 8 * 64;
    private const long T = 1_000_000;

    private readonly string _path = Path.GetTempFileName();
    private readonly byte[] _bytes = new byte[SlotTable + 8 * SlotSize];
    private uint _sites;
    private ulong _slots;

    public LedgerTests()
    {
        "FLTLEDG1"u8.CopyTo(_bytes);
        uint[] header = [2, 8, SlotSize, Ring, SiteTable, MapTable, SlotTable, 8];
        for (int i = 0; i < header.Length; i++)
            Put32(8 + i * 4, header[i]);
        Put32(44, 1);
        Put64(MapTable + 64, 0xc000012340);
        PutText(MapTable + 72, "sessions");
        AddSite(LedgerOperation.Read, "race:read");
        AddSite(LedgerOperation.Write, "race:write");
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_write_around_the_victims_enter_is_inside()
    {
        AddSlot(7, 1, (T, 0, 1));
        AddSlot(8, 3, (T - 900, T - 800, 2), (T - 500, T - 400, 2), (T - 20, T + 30, 2));
        AddSlot(9, 1, (T - 300, T - 200, 2));

        TrueRival rival = Assert.Single(Find()!.Rivals);
        Assert.Equal((8L, RivalClass.Inside), (rival.Access.Goroutine, rival.Class));
        Assert.Equal(T - 20, rival.Access.Record.Enter);
    }

    [Fact]
    public void A_writer_whose_ring_is_all_younger_is_looping()
    {
        AddSlot(7, 1, (T, 0, 1));
        long late = T + GroundTruth.Tolerance;
        AddSlot(8, 104, (late + 10, late + 20, 2), (late + 30, late + 40, 2), (late + 50, late + 60, 2), (late + 70, 0, 2));

        Assert.Equal(RivalClass.Looping, Assert.Single(Find()!.Rivals).Class);
    }

    [Fact]
    public void Whoever_wrote_later_counts_before_whoever_left_earlier()
    {
        AddSlot(7, 1, (T, 0, 1));
        AddSlot(8, 1, (T - 900, T - 800, 2));
        long late = T + GroundTruth.Tolerance + 50;
        AddSlot(9, 1, (late, late + 10, 2));

        GroundTruth truth = Find()!;
        TrueRival rival = Assert.Single(truth.Rivals);
        Assert.Equal((9L, RivalClass.Later), (rival.Access.Goroutine, rival.Class));
        Assert.Equal(late + 10 - T, truth.Window);
    }

    [Fact]
    public void With_nobody_inside_the_last_writer_counts()
    {
        AddSlot(7, 1, (T, 0, 1));
        AddSlot(8, 1, (T - 900, T - 800, 2));
        AddSlot(9, 1, (T - 500, T - 400, 2));
        AddSlot(10, 1, (T - 300, T - 200, 1));

        TrueRival rival = Assert.Single(Find()!.Rivals);
        Assert.Equal((9L, RivalClass.Last), (rival.Access.Goroutine, rival.Class));
    }

    [Fact]
    public void A_victim_that_left_its_operation_gives_no_truth()
    {
        AddSlot(7, 1, (T, T + 5, 1));
        AddSlot(8, 1, (T - 20, T + 30, 2));

        Assert.Null(Find());
    }

    [Fact]
    public void Reads_do_not_push_out_the_write_before_them()
    {
        AddSlot(7, 1, (T, 0, 1));
        AddSlot(8, 6, (T - 20, T + 30, 2), (T + 40, T + 41, 1), (T + 50, T + 51, 1), (T + 60, T + 61, 1), (T + 70, T + 71, 1), (T + 80, 0, 1));

        Assert.Equal((8L, RivalClass.Inside), Assert.Single(Find()!.Rivals.Select(rival => (rival.Access.Goroutine, rival.Class))));
        Assert.Equal([1UL, 3, 4, 5, 6], Read().TryFindSlot(8)!.Records.Select(record => record.Number));
    }

    [Fact]
    public void A_record_without_its_time_yet_is_left_out()
    {
        AddSlot(7, 1, (T, 0, 1));
        AddSlot(8, 2, (T - 20, T - 10, 2), (T - 4000, 0, 2));

        Assert.Single(Read().TryFindSlot(8)!.Records);
    }

    [Fact]
    public void Texts_and_addresses_are_read()
    {
        Ledger ledger = Read();

        Assert.Equal(["race:read", "race:write"], ledger.Sites.Select(site => site.Label), StringComparer.Ordinal);
        Assert.Equal(new LedgerMap(1, 0xc000012340, "sessions"), Assert.Single(ledger.Maps));
    }

    [Fact]
    public void Anything_else_is_refused()
    {
        _bytes[0] = (byte)'X';
        Assert.Throws<InvalidDataException>(Read);
    }

    private GroundTruth? Find() => GroundTruth.TryFind(Read(), SampleProgram.Find("maphot"), 7);

    private Ledger Read()
    {
        Put32(40, _sites);
        Put64(48, _slots);
        File.WriteAllBytes(_path, _bytes);
        return Ledger.Read(_path);
    }

    private void AddSite(LedgerOperation operation, string label)
    {
        int at = SiteTable + (int)++_sites * 64;
        Put32(at, (uint)operation);
        PutText(at + 4, label);
    }

    private void AddSlot(ulong goroutine, ulong count, params (long Enter, long Exit, uint Site)[] records)
    {
        int at = SlotTable + (int)_slots++ * SlotSize;
        Put64(at, goroutine);
        Put64(at + 8, 1);
        Put64(at + 24, count);
        // What went before the records given were as many of the kind of the first.
        ulong number = count - (ulong)records.Length;
        ulong writes = records[0].Site == 2 ? number : 0, others = number - writes;
        foreach ((long enter, long exit, uint site) in records)
        {
            number++;
            ulong index = site == 2 ? Ring + writes++ % Ring : others++ % Ring;
            int record = at + 64 + (int)index * 32;
            Put64(record, (ulong)enter);
            Put64(record + 8, (ulong)exit);
            Put32(record + 16, site);
            Put32(record + 20, 1);
            Put64(record + 24, number);
        }
        Put64(at + 32, writes);
    }

    private void Put32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(offset), value);

    private void Put64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(offset), value);

    private void PutText(int offset, string text) => Encoding.UTF8.GetBytes(text).CopyTo(_bytes, offset);
}

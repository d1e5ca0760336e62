using Faultline.Diagnosis.Sharing;

namespace Faultline.Diagnosis.Tests.Sharing;

/// <summary>When a line counts as shared.</summary>
public sealed class LineTrafficTests
{
    private const int Process = 1;

    private readonly LineTraffic _traffic = new(64);

    [Fact]
    public void Handing_memory_on_once_is_no_sharing()
    {
        Write(0x1000, who: 1, cpu: 0);
        Write(0x1008, who: 2, cpu: 1);
        Assert.Empty(_traffic.Shared());
        Write(0x1000, who: 1, cpu: 1);
        var (_, line, traffic) = Assert.Single(_traffic.Shared());
        Assert.Equal((0x1000UL, 2L, 1L), (line, traffic.TurnCount, traffic.CrossingCount));
    }

    [Fact]
    public void One_object_and_one_goroutine_and_readers_share_nothing()
    {
        for (int round = 0; round < 4; round++)
        {
            Write(0x1000, who: round, cpu: round % 2);
            Write(0x2000 + (ulong)(round % 2 * 8), who: 1, cpu: round % 2);
            Read(0x3000 + (ulong)(round % 2 * 8), who: round % 2);
        }

        Assert.Empty(_traffic.Shared());
        Write(0x3000, who: 0, cpu: 0);
        Read(0x3008, who: 1);
        Read(0x3000, who: 0);
        Assert.Equal(2, Assert.Single(_traffic.Shared()).Traffic.TurnCount);
    }

    [Fact]
    public void Turns_without_processors_have_no_crossings()
    {
        Write(0x1000, who: 1, cpu: -1);
        Write(0x1008, who: 2, cpu: 0);
        Write(0x1000, who: 1, cpu: 1);
        Assert.Null(Assert.Single(_traffic.Shared()).Traffic.CrossingCount);
    }

    [Fact]
    public void An_object_counts_on_each_of_its_lines_up_to_the_last_of_all()
    {
        Assert.Equal([0x1000UL, 0x1040], LineTraffic.LinesOf(0x103f, 2, 64));
        Assert.Equal([0x1000UL], LineTraffic.LinesOf(0x1000, 0, 64));
        Assert.Equal([ulong.MaxValue - 63], LineTraffic.LinesOf(ulong.MaxValue - 8, 8, 64));
        Assert.Empty(LineTraffic.LinesOf(ulong.MaxValue - 8, 100, 64));
    }

    private void Write(ulong address, long who, int cpu) => _traffic.Add(Process, address, 8, new Touch(address, who, 0, 0, cpu, IsWrite: true));

    private void Read(ulong address, long who) => _traffic.Add(Process, address, 8, new Touch(address, who, 0, 0, 0, IsWrite: false));
}

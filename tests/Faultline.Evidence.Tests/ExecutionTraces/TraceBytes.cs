namespace Faultline.Evidence.Tests.ExecutionTraces;

/// <summary>Writes a trace byte by byte, in the format of Go 1.26.</summary>
internal sealed class TraceBytes
{
    public const long Waiter = 7;

    private const int BatchSize = 64 << 10;
    private const ulong Thread = 1;
    private const ulong NoThread = ulong.MaxValue;

    private readonly List<byte> _bytes = [.. "go 1.26 trace\0\0\0"u8];
    private ulong _time = 1000;
    private byte _generation;

    public TraceBytes() => BeginGeneration();

    /// <summary>Ends the generation before and says what a tick is.</summary>
    public void BeginGeneration()
    {
        if (_generation++ > 0)
            _bytes.Add(52);
        Batch(NoThread, [50, 8, .. Number(1_000_000_000)]);
    }

    /// <summary>Strings of one letter; returns the next id.</summary>
    public int AddStrings(int first, int count)
    {
        List<byte> data = [4];
        for (int id = first; id < first + count; id++)
            data.AddRange([5, .. Number((ulong)id), 1, (byte)'x']);
        Batch(NoThread, [.. data]);
        return first + count;
    }

    /// <summary>Stacks of one frame; returns the next id.</summary>
    public int AddStacks(int first, int count)
    {
        List<byte> data = [2];
        for (int id = first; id < first + count; id++)
            data.AddRange([3, .. Number((ulong)id), 1, .. Number((ulong)id), 1, 1, .. Number((ulong)id)]);
        Batch(NoThread, [.. data]);
        return first + count;
    }

    /// <summary>A goroutine that runs on a processor, does what is given, and then waits for good.</summary>
    public void AddWaiter(params IEnumerable<byte[]> events)
    {
        List<byte> data = [13, 1, 0, 1, 25, 1, (byte)Waiter, (byte)Thread, 2];
        foreach (byte[] item in events)
        {
            data.AddRange(item);
            if (data.Count > BatchSize - 100)
            {
                Batch(Thread, [.. data]);
                data.Clear();
            }
        }

        data.AddRange([20, 1, 1, 0]);
        Batch(Thread, [.. data]);
    }

    /// <summary>Events that start so many goroutines, runnable or waiting, each on a stack of its own if asked for.</summary>
    public static IEnumerable<byte[]> Start(int count, bool waiting = false, bool stacks = false)
    {
        for (ulong id = 100; id < 100 + (ulong)count; id++)
            yield return [(byte)(waiting ? 47 : 14), 1, .. Number(id), 0, .. Number(stacks ? id - 99 : 0)];
    }

    /// <summary>Events that unblock the goroutines that <see cref="Start"/> made waiting.</summary>
    public static IEnumerable<byte[]> Unblock(int count)
    {
        for (ulong id = 100; id < 100 + (ulong)count; id++)
            yield return [21, 1, .. Number(id), 1, 0];
    }

    /// <summary>Events that begin tasks and regions.</summary>
    public static IEnumerable<byte[]> Annotate(int count)
    {
        for (ulong id = 1; id <= (ulong)count; id++)
        {
            yield return [40, 1, .. Number(id), 0, 1, 0];
            yield return [42, 1, .. Number(id), 1, 0];
        }
    }

    public byte[] ToArray() => [.. _bytes, 52];

    private void Batch(ulong thread, byte[] data)
    {
        _bytes.AddRange([1, _generation, .. Number(thread), .. Number(_time), .. Number((ulong)data.Length), .. data]);
        _time += BatchSize;
    }

    private static List<byte> Number(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}

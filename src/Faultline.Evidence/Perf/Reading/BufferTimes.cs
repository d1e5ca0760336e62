using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Reading;

/// <summary>What is seen of each processor's buffer: when its records begin, the latest so far, and how much it held.</summary>
internal sealed class BufferTimes
{
    private const int CpuLimit = 8192;
    private const long LargestRecord = 64 * 1024;

    private Buffer[] _buffers = [];

    /// <summary>Records of a processor that is not known cannot be told apart.</summary>
    public bool HasUnknownCpu { get; private set; }

    public void Note(int cpu, ulong time, int size)
    {
        if ((uint)cpu >= CpuLimit)
        {
            HasUnknownCpu = true;
            return;
        }

        if (cpu >= _buffers.Length)
            Array.Resize(ref _buffers, Math.Max(cpu + 1, Math.Min(CpuLimit, _buffers.Length * 2)));
        ref Buffer buffer = ref _buffers[cpu];
        if (buffer.Size == 0)
            buffer.First = time;
        buffer.Last = time;
        buffer.Size += size;
    }

    /// <summary>Time of a processor's latest record; 0 when it has none.</summary>
    public ulong LastOf(int cpu) => (uint)cpu < (uint)_buffers.Length ? _buffers[cpu].Last : 0;

    /// <summary>
    /// Of buffers that keep only what is newest: from when on all of them are whole. One that holds clearly less than the fullest has not come round, so
    /// nothing of it is gone.
    /// </summary>
    public ulong WholeFrom()
    {
        long largest = _buffers.Length == 0 ? 0 : _buffers.Max(buffer => buffer.Size);
        ulong from = 0;
        foreach (Buffer buffer in _buffers)
        {
            if (buffer.Size >= largest - LargestRecord)
                from = Math.Max(from, buffer.First);
        }

        return from;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Buffer
    {
        public ulong First;
        public ulong Last;
        public long Size;
    }
}

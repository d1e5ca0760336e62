using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Faultline.Evidence.Perf.Records;

/// <summary>
/// Reads the fields of a record. Past the end it gives zeros and remembers: millions of damaged records must not cost an exception each,
/// so the caller asks <see cref="IsOverrun"/> once, at the end.
/// </summary>
internal ref struct PayloadCursor(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public bool IsOverrun { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public ulong ReadUInt64()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeof(ulong));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public uint ReadUInt32()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeof(uint));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ushort ReadUInt16()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeof(ushort));
        return bytes.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    /// <summary>That many numbers; empty, and an overrun, when there are fewer.</summary>
    public ReadOnlySpan<ulong> ReadNumbers(ulong count)
    {
        ReadOnlySpan<byte> bytes = ReadBytes(count > int.MaxValue / sizeof(ulong) ? ulong.MaxValue : count * sizeof(ulong));
        return MemoryMarshal.Cast<byte, ulong>(bytes);
    }

    public ReadOnlySpan<byte> ReadBytes(ulong size)
    {
        if (size > (ulong)_rest.Length)
        {
            IsOverrun = true;
            _rest = default;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..(int)size];
        _rest = _rest[(int)size..];
        return taken;
    }
}

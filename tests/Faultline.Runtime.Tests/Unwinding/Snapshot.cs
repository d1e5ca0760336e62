using System.Buffers.Binary;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>One record of <c>Programs/tracer</c>: registers and pieces of memory.</summary>
internal sealed class Snapshot : IAddressSpace
{
    private readonly List<(ulong Address, byte[] Bytes)> _pieces = [];

    public required StackRegisters Registers { get; init; }

    public ReadOnlySpan<byte> Stack => _pieces[0].Bytes;

    public static IEnumerable<Snapshot> ReadAll(string path)
    {
        using var file = new BufferedStream(File.OpenRead(path), 1 << 20);
        var word = new byte[8];
        while (file.ReadAtLeast(word, 8, throwOnEndOfStream: false) == 8)
        {
            var snapshot = new Snapshot
            {
                Registers = new StackRegisters { Pc = BinaryPrimitives.ReadUInt64LittleEndian(word), Sp = Next(), FramePointer = Next(), Goroutine = Next() },
            };
            for (var count = Next(); count > 0; count--)
            {
                var address = Next();
                var bytes = new byte[Next()];
                file.ReadExactly(bytes);
                snapshot._pieces.Add((address, bytes));
            }

            yield return snapshot;
        }

        ulong Next()
        {
            file.ReadExactly(word);
            return BinaryPrimitives.ReadUInt64LittleEndian(word);
        }
    }

    public int Read(ulong address, scoped Span<byte> buffer)
    {
        foreach (var (start, bytes) in _pieces)
        {
            if (address - start < (ulong)bytes.Length)
            {
                var piece = bytes.AsSpan((int)(address - start));
                piece = piece[..Math.Min(piece.Length, buffer.Length)];
                piece.CopyTo(buffer);
                return piece.Length;
            }
        }

        return 0;
    }

    public ulong Word(ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        return Read(address, word) == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(word) : 0;
    }
}

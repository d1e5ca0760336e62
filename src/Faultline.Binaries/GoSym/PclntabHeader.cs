using System.Buffers.Binary;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>The checked header of a pclntab (<c>runtime/symtab.go pcHeader</c>). Offsets are from the start of the header.</summary>
internal sealed record PclntabHeader(
    PclntabLayout Layout, int Quantum, int FunctionCount, int FuncnameOffset, int CuOffset, int FiletabOffset, int PctabOffset, int PclnOffset)
{
    private const string Structure = "pclntab header";

    /// <summary>Of Go 1.2 to 1.15.</summary>
    private const uint OldMagic = 0xfffffffb;

    /// <summary>The two bytes after the magic and its padding: smallest instruction and pointer size.</summary>
    public const int SmallestHeader = 64;

    /// <param name="otherwise">The layout to assume if the magic is unknown; null refuses it.</param>
    public static PclntabHeader Parse(ReadOnlySpan<byte> table, string source, long offset, PclntabLayout? otherwise = null)
    {
        var cursor = new ByteCursor(table, source, Structure, offset);
        var magic = cursor.ReadUInt32();
        var layout = PclntabLayout.Find(magic) ?? (magic == OldMagic ? null : otherwise);
        if (layout is null)
        {
            Throw.Malformed(source, offset, Structure, magic == OldMagic
                ? "it was written by Go 1.15 or older, which is not supported"
                : $"the magic 0x{magic:x} is unknown");
        }

        var padding = cursor.ReadUInt16();
        int quantum = cursor.ReadByte();
        int pointerSize = cursor.ReadByte();
        if (padding != 0 || quantum is not (1 or 2 or 4) || pointerSize != 8)
            Throw.Malformed(source, offset, Structure, "padding, instruction size or pointer size is impossible");
        var functionCount = cursor.ReadUInt64();
        if (functionCount is 0 or > ReadLimits.FunctionCount)
            Throw.Malformed(source, offset, Structure, $"{functionCount} functions are outside 1..{ReadLimits.FunctionCount}");

        cursor.Skip(layout.TableOffsets - cursor.Position);
        Span<int> starts = stackalloc int[5];
        var previous = (ulong)layout.HeaderSize;
        foreach (ref var start in starts)
        {
            var value = cursor.ReadUInt64();
            if (value < previous || value > (ulong)table.Length)
                Throw.Malformed(source, cursor.Offset - 8, Structure, "the offsets of its tables do not ascend inside it");
            previous = value;
            start = (int)value;
        }

        var rows = (2 * (long)functionCount) + 1;
        if (starts[4] + (rows * layout.ProgramCounterSize) > table.Length)
            Throw.Malformed(source, offset, Structure, $"its {functionCount} functions do not fit into {table.Length} bytes");
        return new PclntabHeader(layout, quantum, (int)functionCount, starts[0], starts[1], starts[2], starts[3], starts[4]);
    }

    /// <summary>Tells a table from bytes that only happen to look like its magic, without allocating.</summary>
    public static bool LooksLikeHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= SmallestHeader
        && PclntabLayout.Find(BinaryPrimitives.ReadUInt32LittleEndian(bytes)) is not null
        && bytes[4] == 0 && bytes[5] == 0 && bytes[6] is 1 or 2 or 4 && bytes[7] == 8;
}

using System.Buffers.Binary;
using Faultline.Binaries;
using Faultline.Binaries.Reading;

namespace Faultline.Runtime.Heap;

/// <summary>
/// Which words of a frame hold pointers at one address of the code, as the garbage collector knows it (<c>runtime/stkframe.go</c>). Offsets are
/// from the address above the return address.
/// </summary>
internal sealed class FrameMap
{
    private const int ArgumentMaps = 0;
    private const int LocalMaps = 1;
    private const int StackObjectTable = 2;
    private const uint StackMapIndex = 1;
    private const int BitLimit = 1 << 20;
    private const int ObjectLimit = 4096;

    private FrameMap(IReadOnlyList<int> words) => Words = words;

    /// <summary>The words, by their distance from the frame address.</summary>
    public IReadOnlyList<int> Words { get; }

    /// <summary>Null for code without maps: assembly, and functions whose tables cannot be read.</summary>
    /// <param name="lookupAddress">Link-time address inside the call instruction.</param>
    public static FrameMap? Read(GoBinary binary, int functionIndex, ulong lookupAddress)
    {
        if (functionIndex < 0 || binary.Pclntab is not { } table || binary.Moduledata is not { FunctionData: not 0 and var data })
            return null;
        try
        {
            var record = table.GetRecord(functionIndex);
            if (!table.TryGetFuncdata(record, LocalMaps, out var locals))
                return null;
            var index = Math.Max(0, table.FindPcdata(record, StackMapIndex, lookupAddress));
            var isArm = binary.Architecture == "arm64";
            var words = new List<int>();

            // Below the frame address: the return address (amd64), then the saved frame pointer.
            AddBits(binary, data + locals, index, end: isArm ? -8 : -16, start: null, words);
            if (table.TryGetFuncdata(record, ArgumentMaps, out var arguments))
                AddBits(binary, data + arguments, index, end: null, start: isArm ? 8 : 0, words);
            if (table.TryGetFuncdata(record, StackObjectTable, out var objects))
                AddObjects(binary, data + objects, localsEnd: isArm ? -8 : -16, argumentsStart: isArm ? 8 : 0, words);
            return new FrameMap(words);
        }
        catch (MalformedDataException)
        {
            return null;
        }
    }

    /// <summary>One bitmap of a table: words that end (locals) or start (arguments) at a place.</summary>
    private static void AddBits(GoBinary binary, ulong address, int index, int? end, int? start, List<int> words)
    {
        Span<byte> head = stackalloc byte[8];
        if (binary.Read(address, head) != head.Length)
            return;
        var (count, bits) = (BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[4..]));
        if (index >= count || bits is <= 0 or > BitLimit)
            return;
        var bytes = new byte[(bits + 7) / 8];
        if (binary.Read(address + 8 + ((ulong)index * (ulong)bytes.Length), bytes) != bytes.Length)
            return;
        var first = start ?? end!.Value - (8 * bits);
        for (var bit = 0; bit < bits; bit++)
        {
            if ((bytes[bit / 8] >> (bit % 8) & 1) != 0)
                words.Add(first + (8 * bit));
        }
    }

    /// <summary>Variables whose address is taken: all of their words, because which of them is in use only the pointers to them tell.</summary>
    private static void AddObjects(GoBinary binary, ulong address, int localsEnd, int argumentsStart, List<int> words)
    {
        Span<byte> head = stackalloc byte[8];
        if (binary.Read(address, head) != head.Length)
            return;
        var bytes = new byte[16 * (int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(head), ObjectLimit)];
        var count = binary.Read(address + 8, bytes) / 16;
        for (var index = 0; index < count; index++)
        {
            var offset = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(16 * index));
            var size = Math.Min(Math.Abs(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan((16 * index) + 8))), BitLimit);
            for (var at = 0; at + 8 <= size; at += 8)
                words.Add(offset + at + (offset < 0 ? localsEnd : argumentsStart));
        }
    }
}

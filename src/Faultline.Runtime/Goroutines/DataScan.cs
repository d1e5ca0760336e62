using System.Buffers.Binary;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Goroutines;

/// <summary>Walks the words of a program's variables, block by block.</summary>
internal static class DataScan
{
    private const int BlockSize = 64 * 1024;
    private const ulong RangeLimit = 1UL << 30;

    /// <summary>The address and value of every word of the program's data and bss that is there and not 0.</summary>
    public static IEnumerable<(ulong Address, ulong Value)> Words(TargetMemory memory, Moduledata module, ulong loadBias)
    {
        var block = new byte[BlockSize];
        foreach (var range in module.DataRanges)
        {
            var end = range.Start + loadBias + Math.Min(range.End - range.Start, RangeLimit);
            for (var address = (range.Start + loadBias + 7) & ~7UL; address < end; address += BlockSize)
            {
                var count = memory.Read(address, block.AsSpan(0, (int)Math.Min(BlockSize, end - address)));
                for (var at = 0; at + 8 <= count; at += 8)
                {
                    if (BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(at)) is var value and not 0)
                        yield return (address + (ulong)at, value);
                }
            }
        }
    }
}

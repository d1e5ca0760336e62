using System.Numerics;

namespace Faultline.Binaries.Code.Arm64;

/// <summary>The mask in <c>AND</c>, <c>ORR</c>, <c>EOR</c> and <c>ANDS</c> with an immediate (Arm Architecture Reference Manual, DecodeBitMasks).</summary>
internal static class LogicalImmediate
{
    /// <summary>A run of ones, rotated, in elements of equal size; false for words that encode none. A mask of 32 bits stands in both halves.</summary>
    public static bool TryDecode(uint word, out ulong mask)
    {
        mask = 0;
        bool is64 = (word & 0x8000_0000) != 0;
        uint immediate = (word >> 10) & 0x3F;
        uint sizeBits = ((word >> 16) & 0x40) | (~immediate & 0x3F);
        if ((!is64 && (word & 0x40_0000) != 0) || sizeBits <= 1)
            return false;
        int size = 1 << BitOperations.Log2(sizeBits);
        int ones = (int)immediate & (size - 1);
        int rotation = (int)(word >> 16) & 0x3F & (size - 1);
        if (ones == size - 1)
            return false;
        ulong element = (1UL << (ones + 1)) - 1;
        ulong all = size == 64 ? ulong.MaxValue : (1UL << size) - 1;
        if (rotation > 0)
            element = ((element >> rotation) | (element << (size - rotation))) & all;
        for (int at = 0; at < 64; at += size)
            mask |= element << at;
        return true;
    }
}

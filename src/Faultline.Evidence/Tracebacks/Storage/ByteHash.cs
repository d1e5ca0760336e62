using System.Numerics;
using System.Runtime.InteropServices;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>64-bit hash of bytes, seeded anew in each process so that a log cannot be written to collide.</summary>
internal static class ByteHash
{
    private const ulong Odd1 = 0x9E37_79B9_7F4A_7C15;
    private const ulong Odd2 = 0xC2B2_AE3D_27D4_EB4F;

    private static readonly ulong Seed = ((ulong)(uint)HashCode.Combine(1) << 32) | (uint)HashCode.Combine(2);

    public static ulong Compute(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Seed ^ ((ulong)bytes.Length * Odd2);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(bytes), Odd1 ^ Seed);
            bytes = bytes[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (byte value in bytes)
            rest = (rest << 8) | value;
        return Fold(hash ^ rest, Odd2);
    }

    public static ulong Compute(ulong value) => Fold(value ^ Seed, Odd1);

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return BitOperations.RotateLeft(high, 32) ^ high ^ low;
    }
}

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>Signed integers in one to ten bytes, small ones in few: zigzag, then seven bits a byte, low bits first.</summary>
internal static class VariableInteger
{
    public const int LargestSize = 10;

    public static int Write(Span<byte> target, long value)
    {
        ulong rest = (ulong)((value << 1) ^ (value >> 63));
        int used = 0;
        for (; rest >= 0x80; rest >>= 7)
            target[used++] = (byte)(rest | 0x80);
        target[used++] = (byte)rest;
        return used;
    }

    public static long Read(ReadOnlySpan<byte> source, ref int used)
    {
        ulong bits = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = source[used++];
            bits |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return (long)(bits >> 1) ^ -(long)(bits & 1);
        }
    }
}

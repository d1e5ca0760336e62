namespace Faultline.Binaries.GoSym;

/// <summary>
/// Decodes the run-length tables of the pclntab: pairs of (zigzag value delta, program counter delta), the value starting at -1
/// (<c>runtime/symtab.go step</c>).
/// </summary>
internal static class PcValueTable
{
    /// <summary>What a table says where it says nothing.</summary>
    public const int None = -1;

    /// <summary>The value at a program counter; <see cref="None"/> when the table is absent, broken or ends before it.</summary>
    public static int Find(ReadOnlySpan<byte> pctab, uint offset, ulong entry, ulong address, int quantum)
    {
        if (offset == 0 || offset >= (uint)pctab.Length)
            return None;
        var position = (int)offset;
        var value = None;
        var end = entry;
        for (var first = true; ; first = false)
        {
            // Nearly all numbers are one byte long, and large functions have thousands of them.
            uint valueDelta;
            uint addressDelta;
            if (position + 1 < pctab.Length && (pctab[position] | pctab[position + 1]) < 0x80)
            {
                valueDelta = pctab[position];
                addressDelta = pctab[position + 1];
                position += 2;
            }
            else if (!TryReadUvarint(pctab, ref position, out valueDelta) || !TryReadUvarint(pctab, ref position, out addressDelta))
            {
                return None;
            }

            if (valueDelta == 0 && !first)
                return None;
            value += (int)(valueDelta >> 1) ^ -(int)(valueDelta & 1);
            end += (ulong)addressDelta * (uint)quantum;
            if (address < end)
                return value;
        }
    }

    /// <summary>An unsigned LEB128 number of at most 32 bits; false where the bytes end first.</summary>
    public static bool TryReadUvarint(ReadOnlySpan<byte> bytes, ref int position, out uint value)
    {
        value = 0;
        for (var shift = 0; shift < 35 && position < bytes.Length; shift += 7)
        {
            var next = bytes[position++];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
                return true;
        }

        return false;
    }
}

using System.Buffers.Binary;

namespace Faultline.Binaries.GoSym;

/// <summary>
/// Decodes the run-length tables of the pclntab: pairs of (zigzag value delta, program counter delta), the value starting at -1
/// (<c>runtime/symtab.go step</c>).
/// </summary>
internal static class PcValueTable
{
    /// <summary>What a table says where it says nothing.</summary>
    public const int None = -1;

    /// <summary>
    /// Reads on from a mark until the run that holds a distance, then the mark has that run's value; or, once it has reached a position,
    /// only to the end of the run there.
    /// </summary>
    public static PcValueWalk Walk(ReadOnlySpan<byte> pctab, ref PcValueMark mark, ulong distance, int pauseAt)
    {
        var rest = pctab[mark.Position..];
        var (value, reached) = (mark.Value, mark.Distance);

        // Nearly all numbers are one byte long, and large functions have thousands of them: this loop is where symbolizing spends its time.
        var first = reached == 0 && value == None;
        var pauseLength = pctab.Length - pauseAt;
        while (rest.Length >= 2)
        {
            if (rest.Length <= pauseLength)
            {
                mark = new PcValueMark(pctab.Length - rest.Length, value, reached);
                return PcValueWalk.Paused;
            }

            if (rest.Length >= 8 && TrySkipFour(BinaryPrimitives.ReadUInt64LittleEndian(rest), distance, ref reached, ref value))
            {
                rest = rest[8..];
                first = false;
                continue;
            }

            uint valueDelta = rest[0];
            uint addressDelta = rest[1];
            if ((valueDelta | addressDelta) < 0x80)
            {
                rest = rest[2..];
            }
            else
            {
                var position = 0;
                if (!TryReadUvarint(rest, ref position, out valueDelta) || !TryReadUvarint(rest, ref position, out addressDelta))
                    return PcValueWalk.Ended;
                rest = rest[position..];
            }

            if (valueDelta == 0 && !first)
                return PcValueWalk.Ended;
            first = false;
            value += (int)(valueDelta >> 1) ^ -(int)(valueDelta & 1);
            reached += addressDelta;
            if (distance < reached)
            {
                mark = new PcValueMark(pctab.Length - rest.Length, value, reached);
                return PcValueWalk.Found;
            }
        }

        return PcValueWalk.Ended;
    }

    /// <summary>
    /// Passes over four pairs at once, as 16-bit lanes of one word, when all eight numbers are one byte long, none of them ends the
    /// table, and the address lies behind them.
    /// </summary>
    private static bool TrySkipFour(ulong pairs, ulong distance, ref ulong reached, ref int value)
    {
        const ulong ones = 0x0001_0001_0001_0001;
        const ulong bytes = 0x00ff_00ff_00ff_00ff;
        var values = pairs & bytes;

        // A lane that is 0 borrows into its top bit; continuation bits make numbers longer than a byte.
        if ((pairs & 0x8080_8080_8080_8080) != 0 || ((values - ones) & 0x8000_8000_8000_8000) != 0)
            return false;
        var behind = reached + Sum((pairs >> 8) & bytes);
        if (distance < behind)
            return false;
        reached = behind;

        // Zigzag: the lowest bit is the sign, and -1 - n stands for a negative number.
        var halves = (values >> 1) & 0x007f_007f_007f_007f;
        var negative = (values & ones) * 0xffff;
        value += (int)Sum(halves & ~negative) - (int)Sum((halves + ones) & negative);
        return true;

        static ulong Sum(ulong lanes) => (lanes * ones) >> 48;
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

/// <summary>How reading a run-length table came to a stop.</summary>
internal enum PcValueWalk
{
    /// <summary>The table ended, or its bytes are broken, before the wanted distance.</summary>
    Ended,

    Found,

    /// <summary>The position to pause at was reached first.</summary>
    Paused,
}

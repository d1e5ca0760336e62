namespace Faultline.Evidence.Carriers.Lines;

/// <summary>
/// Timestamps in front of lines: RFC 3339 and its relatives (<c>2026-11-24T01:54:18.123Z</c>, with a space, a comma, a zone name), Go's
/// <c>log</c> (<c>2026/11/24 01:54:18.123456</c>), the time alone, <c>Nov 24 01:54:18</c>, with a weekday, and all of them in brackets.
/// </summary>
internal static class TimestampForm
{
    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    private static ReadOnlySpan<byte> Days => "MonTueWedThuFriSatSun"u8;

    /// <summary>Takes a timestamp and the one separator behind it.</summary>
    public static bool TryTake(ref Cursor cursor)
    {
        int start = cursor.Position;
        bool isBracketed = cursor.Take((byte)'[');
        if (TryTakeTime(ref cursor) && (!isBracketed || cursor.Take((byte)']')) && TakeSeparator(ref cursor))
            return true;
        cursor.Position = start;
        return false;
    }

    /// <summary><c>Nov 24 01:54:18</c> with a fraction perhaps, and a space.</summary>
    public static bool TryTakeSyslog(ref Cursor cursor)
    {
        int start = cursor.Position;
        if (TryTakeName(ref cursor, Months) && cursor.Take((byte)' ') && (cursor.Take((byte)' ') ? cursor.TakeDigits(1) : cursor.TakeDigits() is 1 or 2)
            && cursor.Take((byte)' ') && TryTakeClock(ref cursor) && (cursor.IsAtEnd || cursor.Take((byte)' ')))
        {
            return true;
        }

        cursor.Position = start;
        return false;
    }

    private static bool TryTakeTime(ref Cursor cursor)
    {
        if (cursor.Peek is >= (byte)'A' and <= (byte)'Z')
        {
            int start = cursor.Position;
            if (TryTakeName(ref cursor, Days) && cursor.Take((byte)' ') && TryTakeDate(ref cursor))
                return true;
            cursor.Position = start;
            if (!TryTakeSyslog(ref cursor))
                return false;

            // The separator is the caller's.
            if (!cursor.IsAtEnd)
                cursor.Position--;
            return true;
        }

        return TryTakeDate(ref cursor) || TryTakeClock(ref cursor);
    }

    private static bool TryTakeDate(ref Cursor cursor)
    {
        int start = cursor.Position;
        if (cursor.TakeDigits(4) && cursor.Peek is (byte)'-' or (byte)'/')
        {
            byte mark = cursor.Peek;
            if (cursor.Take(mark) && cursor.TakeDigits(2) && cursor.Take(mark) && cursor.TakeDigits(2)
                && (cursor.Take((byte)'T') || cursor.Take((byte)' ')) && TryTakeClock(ref cursor))
            {
                TakeZone(ref cursor);
                return true;
            }
        }

        cursor.Position = start;
        return false;
    }

    private static bool TryTakeClock(ref Cursor cursor)
    {
        int start = cursor.Position;
        if (cursor.TakeDigits(2) && cursor.Take((byte)':') && cursor.TakeDigits(2) && cursor.Take((byte)':') && cursor.TakeDigits(2))
        {
            if (cursor.Peek is (byte)'.' or (byte)',')
            {
                cursor.Position++;
                if (cursor.TakeDigits() is 0 or > 9)
                {
                    cursor.Position = start;
                    return false;
                }
            }

            return true;
        }

        cursor.Position = start;
        return false;
    }

    private static void TakeZone(ref Cursor cursor)
    {
        if (cursor.Take((byte)'Z'))
            return;
        int start = cursor.Position;
        cursor.Take((byte)' ');
        if (cursor.Peek is (byte)'+' or (byte)'-')
        {
            cursor.Position++;
            if (cursor.TakeDigits(2) && (cursor.Take((byte)':') || true) && cursor.TakeDigits(2))
                return;
        }
        else if (cursor.Position > start && cursor.Take("UTC"u8))
        {
            return;
        }

        cursor.Position = start;
    }

    private static bool TryTakeName(ref Cursor cursor, ReadOnlySpan<byte> names)
    {
        ReadOnlySpan<byte> rest = cursor.Rest;
        if (rest.Length < 3)
            return false;
        for (int at = 0; at < names.Length; at += 3)
        {
            if (rest.StartsWith(names.Slice(at, 3)))
            {
                cursor.Position += 3;
                return true;
            }
        }

        return false;
    }

    // Exactly one: a place line of a traceback begins with a tab, which is its own.
    private static bool TakeSeparator(ref Cursor cursor) =>
        cursor.IsAtEnd || cursor.Take((byte)' ') || (cursor.Peek == (byte)'\t' && cursor.Take((byte)'\t')) || cursor.Take(": "u8);
}

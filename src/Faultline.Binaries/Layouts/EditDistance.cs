namespace Faultline.Binaries.Layouts;

/// <summary>How far two names are apart, for suggestions.</summary>
internal static class EditDistance
{
    private const int LengthLimit = 64;

    /// <summary>Letters to insert, drop or change, case aside; long names count as far apart.</summary>
    public static int Between(string left, string right)
    {
        if (left.Length > LengthLimit || right.Length > LengthLimit)
            return LengthLimit;
        Span<int> row = stackalloc int[LengthLimit + 1];
        for (var index = 0; index <= right.Length; index++)
            row[index] = index;
        for (var line = 1; line <= left.Length; line++)
        {
            var diagonal = row[0];
            row[0] = line;
            for (var index = 1; index <= right.Length; index++)
            {
                var change = diagonal + (char.ToLowerInvariant(left[line - 1]) == char.ToLowerInvariant(right[index - 1]) ? 0 : 1);
                diagonal = row[index];
                row[index] = Math.Min(change, Math.Min(row[index], row[index - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}

namespace Faultline.Cli.Sched;

/// <summary>A row of block characters, one a column: from zero (lowest) to the greatest value (full height). Columns without a value are blank.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>Draws <paramref name="count"/> values in at most <paramref name="width"/> columns; <paramref name="fold"/> makes one value of those from one index to another.</summary>
    public static string Draw(int count, int width, Func<int, int, double?> fold)
    {
        int columns = Math.Min(count, width);
        double?[] values = new double?[columns];
        for (int column = 0; column < columns; column++)
            values[column] = fold((int)((long)column * count / columns), (int)((long)(column + 1) * count / columns));
        double most = values.Max() ?? 0;
        return string.Create(columns, (values, most), static (text, state) =>
        {
            for (int column = 0; column < text.Length; column++)
            {
                text[column] = state.values[column] is not { } value ? ' '
                    : state.most <= 0 ? Blocks[0]
                    : Blocks[Math.Clamp((int)Math.Ceiling(value / state.most * (Blocks.Length - 1)), 0, Blocks.Length - 1)];
            }
        });
    }
}

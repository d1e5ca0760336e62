using System.Collections.Frozen;
using System.Globalization;

namespace Faultline.Binaries.Symbols;

/// <summary>The entry points of the runtime that are known, from an embedded table that the tests hold against real binaries. Immutable and thread-safe.</summary>
public static class RuntimeEntryPoints
{
    private const string ResourceName = "RuntimeEntryPoints.txt";
    private const string AssemblySuffix = ".abi0";
    private const int ColumnCount = 8;

    private static readonly Lazy<IReadOnlyList<RuntimeEntryPoint>> s_all = new(Read);
    private static readonly Lazy<FrozenDictionary<string, RuntimeEntryPoint>> s_byName = new(() => All.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal));

    /// <summary>In the order of the table, which is by group.</summary>
    public static IReadOnlyList<RuntimeEntryPoint> All => s_all.Value;

    /// <summary>The entry point with a symbol, its twin for assembly (<c>.abi0</c>) included; null when none is known in that release.</summary>
    /// <param name="symbol">Full name.</param>
    /// <param name="release">Minor release of the binary; null when unknown, which every entry fits.</param>
    public static RuntimeEntryPoint? Find(string symbol, int? release)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        string name = symbol.EndsWith(AssemblySuffix, StringComparison.Ordinal) ? symbol[..^AssemblySuffix.Length] : symbol;
        return s_byName.Value.GetValueOrDefault(name) is { } entry && (release is not { } known || entry.IsIn(known)) ? entry : null;
    }

    private static List<RuntimeEntryPoint> Read()
    {
        using var stream = typeof(RuntimeEntryPoints).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The resource {ResourceName} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var entries = new List<RuntimeEntryPoint>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
                entries.Add(Parse(line.Split('|', ColumnCount, StringSplitOptions.TrimEntries)));
        }

        return entries;
    }

    private static RuntimeEntryPoint Parse(string[] cells)
    {
        (int first, int? last) = ParseReleases(cells[1]);
        var messages = cells[7].Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(text => ParseMessage(text, first, last));
        return new RuntimeEntryPoint(cells[0], first, last, cells[2], cells[3], cells[4], cells[5] is "yes", cells[6], [.. messages]);
    }

    /// <summary>A message of some releases only has them in front: <c>21-23: text</c>.</summary>
    private static ReleaseMessage ParseMessage(string text, int first, int? last)
    {
        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0 || !char.IsAsciiDigit(text[0]))
            return new ReleaseMessage(text, first, last);
        (int from, int? to) = ParseReleases(text[..colon]);
        return new ReleaseMessage(text[(colon + 2)..], from, to);
    }

    private static (int First, int? Last) ParseReleases(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        int first = Number(dash < 0 ? text : text[..dash]);
        return (first, dash < 0 ? first : dash == text.Length - 1 ? null : Number(text[(dash + 1)..]));
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

using System.Collections.Frozen;
using System.Globalization;

namespace Faultline.Binaries.GoSym;

/// <summary>
/// Reads the embedded table. A line starting with <c>=</c> opens a struct and gives its size; the following lines give its fields.
/// Values are <c>RELEASE[@arch][!experiment]:offset+size</c> (<c>:size</c> for a struct, <c>:-</c> where it ceases to exist) and hold
/// until a later one that applies.
/// </summary>
internal static class StructLayoutTable
{
    /// <summary>Oldest and newest release that the table was derived from.</summary>
    public const int FirstRelease = 19;

    public const int LastRelease = 27;

    private const string ResourceName = "StructLayouts.txt";

    public static IReadOnlyList<string> Architectures { get; } = ["amd64", "arm64"];

    public static FrozenDictionary<string, StructLayout> Read(int release, string architecture, IReadOnlyCollection<string> experiments)
    {
        using var stream = typeof(StructLayoutTable).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The resource {ResourceName} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var structs = new Dictionary<string, StructLayout>(StringComparer.Ordinal);
        var (name, size) = ("", (int?)null);
        var fields = new List<FieldLayout>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "=")
            {
                Close();
                (name, size) = (words[1], Choose(words.AsSpan(2), release, architecture, experiments)?.First);
            }
            else if (size is not null && Choose(words.AsSpan(1), release, architecture, experiments) is { } found)
            {
                fields.Add(new FieldLayout(words[0], found.First, found.Second));
            }
        }

        Close();
        return structs.ToFrozenDictionary(StringComparer.Ordinal);

        void Close()
        {
            if (size is { } known)
                structs[name] = new StructLayout(name, known, [.. fields]);
            fields.Clear();
        }
    }

    /// <summary>The last value that applies; null for none and for "does not exist".</summary>
    private static (int First, int Second)? Choose(ReadOnlySpan<string> values, int release, string architecture, IReadOnlyCollection<string> experiments)
    {
        for (var index = values.Length - 1; index >= 0; index--)
        {
            var colon = values[index].IndexOf(':', StringComparison.Ordinal);
            if (!Applies(values[index].AsSpan(0, colon), release, architecture, experiments))
                continue;
            var value = values[index].AsSpan(colon + 1);
            if (value is "-")
                return null;
            var plus = value.IndexOf('+');
            return plus < 0 ? (Number(value), 0) : (Number(value[..plus]), Number(value[(plus + 1)..]));
        }

        return null;
    }

    private static bool Applies(ReadOnlySpan<char> condition, int release, string architecture, IReadOnlyCollection<string> experiments)
    {
        var mark = condition.IndexOf('!');
        if (mark >= 0)
        {
            if (!experiments.Contains(condition[(mark + 1)..].ToString(), StringComparer.Ordinal))
                return false;
            condition = condition[..mark];
        }

        mark = condition.IndexOf('@');
        if (mark >= 0)
        {
            if (!condition[(mark + 1)..].SequenceEqual(architecture))
                return false;
            condition = condition[..mark];
        }

        return Number(condition) <= release;
    }

    private static int Number(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>Writes <c>StructLayouts.txt</c> from the layouts of every configuration: a value stands where it differs from what already applies.</summary>
public static class LayoutTableWriter
{
    private const string Absent = "-";

    /// <summary>Structs that are known to have changed in Go 1.20, for which there is no toolchain here: the values of 1.21 begin there.</summary>
    private static readonly HashSet<string> ChangedIn20 = ["sync.Map", "sync.readOnly", "sync.entry", "sync.WaitGroup"];

    private static readonly Lock Gate = new();
    private static bool s_done;

    public static void Update(IReadOnlyList<LayoutSource> sources)
    {
        lock (Gate)
        {
            if (!s_done)
                File.WriteAllText(Path.Combine(SourceTree.Root, "src", "Faultline.Binaries", "GoSym", "StructLayouts.txt"), Write(sources));
            s_done = true;
        }
    }

    private static string Write(IReadOnlyList<LayoutSource> sources)
    {
        var ordered = sources.OrderBy(source => source.Release).ThenBy(source => source.Variant == "plain" ? 0 : 1).ToList();
        var measured = ordered.ConvertAll(source => (Source: source, Layouts: source.ReadDwarf().ToDictionary(layout => layout.Name, StringComparer.Ordinal)));
        var text = new StringBuilder(
            """
            # Layouts of the Go runtime's structs on 64-bit systems, derived from the DWARF of real binaries (StructLayoutOracleTests).
            # "= STRUCT" gives sizes, the lines below it the fields: RELEASE[@arch][!experiment]:offset+size, holding until a later value applies.

            """);
        foreach (var name in measured.SelectMany(entry => entry.Layouts.Keys).Distinct(StringComparer.Ordinal))
        {
            text.Append("= ").Append(name);
            Append(text, ChangedIn20.Contains(name), measured.ConvertAll(entry =>
                (entry.Source, entry.Layouts.TryGetValue(name, out var layout) ? layout.Size.ToString(CultureInfo.InvariantCulture) : Absent)));
            foreach (var field in measured.SelectMany(entry => entry.Layouts.TryGetValue(name, out var layout) ? layout.Fields : []).Select(field => field.Name).Distinct(StringComparer.Ordinal))
            {
                text.Append(field);
                Append(text, ChangedIn20.Contains(name), measured.ConvertAll(entry => (entry.Source, Value(entry.Layouts, name, field))));
            }
        }

        return text.ToString();
    }

    private static string Value(Dictionary<string, StructLayout> layouts, string name, string field) =>
        layouts.TryGetValue(name, out var layout) && layout.TryFind(field, out var found)
            ? string.Create(CultureInfo.InvariantCulture, $"{found.Offset}+{found.Size}")
            : Absent;

    private static void Append(StringBuilder text, bool changedIn20, List<(LayoutSource Source, string Value)> values)
    {
        var written = new List<(LayoutSource Source, string Value)>();
        foreach (var (source, value) in values)
        {
            var applies = written.FindLast(entry =>
                (entry.Source.Architecture == source.Architecture || entry.Source.Variant == "plain")
                && entry.Source.Experiments.All(experiment => source.Experiments.Contains(experiment, StringComparer.Ordinal)));
            if ((applies.Source is null ? Absent : applies.Value) == value)
                continue;
            written.Add((source, value));
            var architecture = source.Architecture == "amd64" ? "" : $"@{source.Architecture}";
            var experiment = source.Experiments.Count == 0 ? "" : $"!{source.Experiments[0]}";
            var release = source.Release == 21 && changedIn20 ? 20 : source.Release;
            text.Append(CultureInfo.InvariantCulture, $" {release}{architecture}{experiment}:{value}");
        }

        text.Append('\n');
    }
}

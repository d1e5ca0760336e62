using System.Globalization;
using Faultline.Reports.Text;

namespace Faultline.Reports.Profiles;

/// <summary>Folded stacks, as flame graph tools read them: a line a stack, outermost function first, <c>;</c> between functions, then the count.</summary>
public static class FoldedWriter
{
    /// <summary>Writes the profile; a state or an operation stands as the last frame in brackets. The writer stays open.</summary>
    public static void Write(StackProfile profile, TextWriter writer)
    {
        Dictionary<string, long> lines = new(StringComparer.Ordinal);
        foreach (ProfileSample sample in profile.Samples)
        {
            IEnumerable<string> names = sample.Frames.Reverse().Select(frame => Clean(frame.Function));
            if ((sample.Labels.Operation.Length > 0 ? sample.Labels.Operation : sample.Labels.State) is { Length: > 0 } leaf)
                names = names.Append($"[{Clean(leaf)}]");
            string line = string.Join(';', names);
            lines[line] = lines.GetValueOrDefault(line) + sample.Count;
        }

        foreach ((string line, long count) in lines)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{line} {count}\n"));
    }

    // The format has no escapes.
    private static string Clean(string name) => name.Length == 0 ? "(unknown)" : PrintableText.Escape(name).Replace(';', ',');
}

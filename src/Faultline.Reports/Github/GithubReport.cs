using System.Text;
using Faultline.Diagnosis.Verdicts;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Github;

/// <summary>Annotations of GitHub Actions: workflow commands, one a side of a fault, read from the output of a step.</summary>
public static class GithubReport
{
    private const int MostMessage = 4_000;
    private const int MostTitle = 200;
    private const int MostPath = 50_000;
    private const int FactsShown = 3;

    /// <summary>Writes UTF-8; lines end in <c>\n</c>. The stream stays open.</summary>
    /// <param name="subject">What happened.</param>
    /// <param name="stream">Where it goes.</param>
    /// <param name="root">The absolute folder of the checkout; null when paths are to stay as they are.</param>
    public static void Write(ReportSubject subject, Stream stream, string? root)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
        foreach (Finding finding in FindingList.Of(subject).Findings)
        {
            string message = string.Join("%0A", FindingText.Lines(finding, FactsShown).Skip(1).Select(line => Escape(FindingText.Plain(line, 1_000))));
            if (message.Length > MostMessage)
                message = CutBetweenEscapes(message);
            FindingSide[] placed = [.. finding.Sides.Where(side => SourceLocation.IsPath(side.File) && side.Line > 0)];
            if (placed.Length == 0)
                writer.Write($"::{Level(finding.Confidence)} title={Property(finding.Headline)}::{message}\n");
            foreach (FindingSide side in placed)
            {
                SourceLocation location = SourceLocation.Of(side.File, finding.Module, root);
                writer.Write($"::{Level(finding.Confidence)} file={Property(location.Path, MostPath)},line={side.Line},title={Property($"{side.Role}: {finding.Headline}")}::{message}\n");
            }
        }
    }

    /// <summary>The level that goes with a confidence.</summary>
    private static string Level(Confidence? confidence) => confidence switch
    {
        Confidence.Confirmed => "error",
        Confidence.Probable => "warning",
        _ => "notice",
    };

    private static string Property(string text, int most = MostTitle) =>
        Escape(FindingText.Plain(text, most)).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    // Control characters are escapes by now, so lines cannot end here.
    private static string Escape(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string CutBetweenEscapes(string message)
    {
        int end = message.LastIndexOf('%', MostMessage) is var percent && percent > MostMessage - 3 ? percent : MostMessage;
        return (char.IsHighSurrogate(message[end - 1]) ? message[..(end - 1)] : message[..end]) + "…";
    }
}

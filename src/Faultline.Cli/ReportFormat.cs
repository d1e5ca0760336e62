using System.Text;
using Faultline.Reports.Findings;
using Faultline.Reports.Github;
using Faultline.Reports.Graphs;
using Faultline.Reports.Html;
using Faultline.Reports.Json;
using Faultline.Reports.JUnit;
using Faultline.Reports.Markdown;
using Faultline.Reports.Sarif;
using Faultline.Reports.Text;

namespace Faultline.Cli;

/// <summary>How a report is asked to look, beside its format.</summary>
/// <param name="Style">Width and colours, for text.</param>
/// <param name="MostRaces">How many pairs of lines text shows of races.</param>
/// <param name="Root">The folder that paths of sources count from; null where it is not to be told.</param>
internal sealed record ReportLook(TextStyle Style, int MostRaces, string? Root);

/// <summary>A value of <c>--format</c>. A new format is a line in <see cref="All"/>.</summary>
/// <param name="Name">As it is given.</param>
/// <param name="ShowsCode">True when it shows instructions.</param>
/// <param name="TellsRaces">True when <c>diagnose</c> may write races in it; JSON has another document for them.</param>
internal sealed record ReportFormat(string Name, Action<ReportSubject, Stream, ReportLook> Write, bool ShowsCode = false, bool TellsRaces = true)
{
    public static ReportFormat Text { get; } = new("text", WriteText);

    /// <summary>A page for a browser, which goes to a file of its own.</summary>
    public static ReportFormat Html { get; } = new("html", WriteHtml, ShowsCode: true);

    /// <summary>The default comes first.</summary>
    public static IReadOnlyList<ReportFormat> All { get; } =
    [
        Text,
        new("json", WriteJson, ShowsCode: true, TellsRaces: false),
        Html,
        new("ndjson", (subject, stream, _) => LineReport.Write(subject, stream), ShowsCode: true),
        new("md", (subject, stream, _) => MarkdownReport.Write(subject, stream)),
        new("sarif", (subject, stream, look) => SarifReport.Write(subject, stream, Version, look.Root)),
        new("junit", (subject, stream, _) => JUnitReport.Write(subject, stream, TimeProvider.System.GetUtcNow())),
        new("github", (subject, stream, look) => GithubReport.Write(subject, stream, look.Root)),
        new("dot", (subject, stream, _) => FaultPicture.WriteDot(subject, stream)),
        new("mermaid", (subject, stream, _) => FaultPicture.WriteMermaid(subject, stream)),
    ];

    /// <summary>Of faultline.</summary>
    public static string Version => typeof(ReportFormat).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static void WriteText(ReportSubject subject, Stream stream, ReportLook look)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
        if (subject.Crashes is { } crashes)
            TextReport.Write(crashes, writer, look.Style);
        else if (subject.Races is { } races)
            RaceText.Write(races, writer, look.Style, look.MostRaces);
    }

    private static void WriteHtml(ReportSubject subject, Stream stream, ReportLook look)
    {
        if (subject.Crashes is { } crashes)
            HtmlReport.Write(crashes, stream);
        else if (subject.Races is { } races)
            HtmlReport.Write(races, stream);
    }

    private static void WriteJson(ReportSubject subject, Stream stream, ReportLook look)
    {
        if (subject.Crashes is { } crashes)
            JsonReport.Write(crashes, stream);
        else if (subject.Races is { } races)
            RaceJson.Write(races, stream);
    }
}

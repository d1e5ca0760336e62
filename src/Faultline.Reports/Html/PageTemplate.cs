using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Faultline.Reports.Json;
using Faultline.Reports.Text;

namespace Faultline.Reports.Html;

/// <summary>
/// The frame of the page. Its policy names the one style sheet and the one script by their hashes, so that nothing that an input brings along could run
/// even where it got into the markup.
/// </summary>
internal static class PageTemplate
{
    private const int TitleLimit = 160;
    private const int FallbackLimit = 20;
    private const int SentenceLimit = 2000;

    // In the order in which they need each other.
    private static readonly string[] s_scripts = ["elements.js", "places.js", "sides.js", "goroutines.js", "canvas.js", "layout.js", "graph.js", "timeline.js", "sections.js", "objects.js", "races.js", "page.js"];
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Writes the page, UTF-8. The stream stays open.</summary>
    /// <param name="stream">Where it goes.</param>
    /// <param name="title">For the tab of the browser.</param>
    /// <param name="sentences">What a reader without scripts sees.</param>
    /// <param name="report">Writes the JSON report; what it writes holds no markup.</param>
    /// <param name="facts">Writes what else the page shows, also as JSON without markup.</param>
    /// <param name="served">What the page can ask its server, which its policy allows then; null for a page that stands alone.</param>
    public static void Write(Stream stream, string title, IEnumerable<string> sentences, Action<Stream> report, Action<Stream> facts, ServedParts? served = null)
    {
        string style = Read("page.css");
        string script = $"(() => {{\n'use strict';\n{string.Concat((served is null ? s_scripts : [.. s_scripts.Take(2), "view.js", .. s_scripts.Skip(2)]).Select(Read))}}})();\n";
        string policy = $"default-src 'none'; style-src {Hash(style)}; script-src {Hash(script)}; base-uri 'none'; form-action 'none'{(served is null ? "" : "; connect-src 'self'")}";
        string template = Read("page.html");
        for (int at = 0; at < template.Length;)
        {
            int start = template.IndexOf("$(", at, StringComparison.Ordinal);
            int end = start < 0 ? template.Length : start;
            stream.Write(Encoding.UTF8.GetBytes(template[at..end]));
            if (start < 0)
                return;
            end = template.IndexOf(')', start);
            Fill(template[(start + 2)..end]);
            at = end + 1;
        }

        void Fill(string name)
        {
            switch (name)
            {
                case "report":
                    report(stream);
                    break;
                case "facts":
                    facts(stream);
                    break;
                case "served" when served is null:
                    break;
                case "served":
                    stream.Write("<script type=\"application/json\" id=\"served\">"u8);
                    Write(served, stream);
                    stream.Write("</script>\n"u8);
                    break;
                default:
                    stream.Write(Encoding.UTF8.GetBytes(name switch
                    {
                        "policy" => policy,
                        "style" => style,
                        "script" => script,
                        "title" => Encode(title, TitleLimit),
                        _ => string.Concat(sentences.Take(FallbackLimit).Select(sentence => $"<p>{Encode(sentence, SentenceLimit)}</p>")),
                    }));
                    break;
            }
        }
    }

    private static void Write(ServedParts served, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = EmbeddedJson.Encoder });
        json.WriteStartObject();
        json.WriteBoolean("code", served.HasCode);
        json.WriteStartArray("views");
        foreach (string view in served.Views)
            json.WriteStringValue(view);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Encode(string text, int limit) => s_encoder.Encode(PrintableText.Escape(text.Length > limit ? text[..limit] + "…" : text));

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Read(string name)
    {
        using Stream resource = typeof(PageTemplate).Assembly.GetManifestResourceStream($"page/{name}")!;
        using StreamReader reader = new(resource);

        // A browser hashes what it parsed, and it parses CR LF as LF.
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}

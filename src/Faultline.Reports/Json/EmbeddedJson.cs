using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Faultline.Reports.Json;

/// <summary>JSON inside a page.</summary>
internal static class EmbeddedJson
{
    /// <summary>Escapes whatever means something to HTML, markup and line separators, and keeps the rest of Unicode readable.</summary>
    public static JavaScriptEncoder Encoder { get; } = JavaScriptEncoder.Create(UnicodeRanges.All);
}

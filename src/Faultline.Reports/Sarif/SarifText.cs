using System.Text.RegularExpressions;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Sarif;

/// <summary>Text for SARIF messages, in which <c>[text](1)</c> would be a link and <c>{0}</c> a placeholder.</summary>
internal static partial class SarifText
{
    /// <summary>Code scanning shows the first thousand characters.</summary>
    private const int Most = 1_000;

    public static string Of(string text) =>
        Placeholder().Replace(FindingText.Plain(text, Most).Replace("](", "\\](", StringComparison.Ordinal), "{{${number}}}");

    [GeneratedRegex(@"\{(?<number>[0-9]+)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}

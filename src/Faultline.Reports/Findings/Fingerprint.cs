using System.Security.Cryptography;
using System.Text;
using Faultline.Diagnosis.Waiting;

namespace Faultline.Reports.Findings;

/// <summary>What stays the same of a fault when lines move, goroutines get other numbers, and the two sides change places.</summary>
internal static class Fingerprint
{
    private const int FunctionsTaken = 16;

    /// <summary>Thirty-two hexadecimal digits from the unordered pair of function and operation; of a deadlock from the functions that wait.</summary>
    public static string Of(Finding finding)
    {
        IEnumerable<string> parts = finding.Sides.Count > 0
            ? finding.Sides.Select(side => $"{side.Operation}\t{side.Function}")
            : Waiting(finding.Graph);
        string[] ordered = [.. parts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        // Two sides that do the same in the same function are a pair as well.
        string basis = string.Join('\n', ordered) + (finding.Sides.Count > 1 && ordered.Length == 1 ? "\n=" : "");
        // Without a side there is only the kind; a message holds values that differ from run to run.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{(ordered.Length == 0 ? finding.Kind : "")}\n{basis}"));
        return Convert.ToHexStringLower(hash, 0, 16);
    }

    private static IEnumerable<string> Waiting(WaitGraph graph) =>
        graph.Nodes.Where(node => node is { Goroutine: not null, Function.Length: > 0 }).Select(node => $"{node.State}\t{node.Function}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(FunctionsTaken);
}

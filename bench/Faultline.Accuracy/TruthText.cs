using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>The ground truth in words.</summary>
internal static class TruthText
{
    public static IEnumerable<string> Lines(GroundTruth truth)
    {
        yield return $"victim {Of(truth.Victim)} of {truth.Map.Name} at 0x{truth.Map.Address:x}, window {truth.Window / 1000} µs";
        foreach (TrueRival rival in truth.Rivals)
            yield return $"rival {rival.Class}: {Of(rival.Access)}, entered {rival.Access.Record.Enter - truth.Victim.Record.Enter:+0;-0} ns";
    }

    /// <summary>The rivals on one line.</summary>
    public static string Rivals(GroundTruth truth) =>
        string.Join(" or ", truth.Rivals.Take(3).Select(rival => Of(rival.Access))) + (truth.Rivals.Count > 3 ? " …" : "");

    public static string Of(TrueAccess access) => $"g{access.Goroutine} map-{access.Operation.ToString().ToLowerInvariant()} {Path.GetFileName(access.Marker.File)}:{access.Marker.Line}";
}

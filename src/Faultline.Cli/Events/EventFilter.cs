using Faultline.Diagnosis.Recordings;

namespace Faultline.Cli.Events;

/// <summary>Which events are asked for; what is null lets all pass.</summary>
/// <param name="Object">Address of the map, channel or lock.</param>
/// <param name="Goroutine">Goroutine id.</param>
/// <param name="Function">Function of the line: its whole name, or the end of it after a dot or a slash.</param>
internal sealed record EventFilter(ulong? Object, ulong? Goroutine, string? Function)
{
    public bool Lets(in RecordedEvent item) =>
        (Object is not { } address || item.Probe.ObjectAddress == address)
        && (Goroutine is not { } goroutine || item.Probe.Goroutine == goroutine)
        && (Function is null || IsNamed(item.Function, Function));

    private static bool IsNamed(string function, string asked) =>
        function.EndsWith(asked, StringComparison.Ordinal)
        && (function.Length == asked.Length || function[^(asked.Length + 1)] is '.' or '/');
}

namespace Faultline.Evidence.Perf.Headers;

/// <summary>Build id of a program or library of the recording.</summary>
/// <param name="Path">As the process saw it.</param>
/// <param name="BuildId">GNU build id, lower-case hex.</param>
/// <param name="ProcessId">-1 for user programs of any process and for the kernel.</param>
public sealed record RecordedBuildId(string Path, string BuildId, int ProcessId);

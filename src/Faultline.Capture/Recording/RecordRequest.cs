namespace Faultline.Capture.Recording;

/// <summary>What to record, and where to.</summary>
public sealed record RecordRequest
{
    public required RecordPlan Plan { get; init; }

    /// <summary>The command to start; empty when a running process is recorded.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The running process to record; null when a command is started.</summary>
    public int? ProcessId { get; init; }

    /// <summary>An existing folder, which becomes the bundle.</summary>
    public required string Folder { get; init; }

    /// <summary>The program's file, as the report is to name it.</summary>
    public required string ProgramPath { get; init; }

    /// <summary>How long to record; null until the program ends.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Variables for the command, beside the caller's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Takes the program's standard error as it arrives.</summary>
    public required Stream ErrorOutput { get; init; }

    /// <summary>Takes remarks on what is going on, a sentence each.</summary>
    public required Action<string> Tell { get; init; }
}

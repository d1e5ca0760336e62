using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>One diagnosis held against the ledger.</summary>
public sealed record Score
{
    private Score(GroundTruth truth, Answer answer)
    {
        Truth = truth;
        Answer = answer;
        AnsweredAccess? first = answer.Rivals.Count > 0 ? answer.Rivals[0] : null;
        VictimIsPlaced = answer.Victim is { } victim && victim.Goroutine == truth.Victim.Goroutine && IsAt(victim, truth.Victim);
        VictimIsExact = VictimIsPlaced && answer.Victim!.Operation == "map-" + truth.Victim.Operation.ToString().ToLowerInvariant();
        FirstIsExact = first is not null && truth.Rivals.Any(rival => rival.Access.Goroutine == first.Goroutine && IsAt(first, rival.Access));
        LineIsFirst = first is not null && IsTrueLine(first);
        GoroutineIsFirst = first is not null && IsTrueGoroutine(first);
        LineIsAmong = answer.Rivals.Any(IsTrueLine);
        FirstIsWrong = first is not null && IsWrong(first);
        WrongConfirmedCount = answer.Rivals.Count(rival => rival.Confidence == "confirmed" && IsWrong(rival));
    }

    public GroundTruth Truth { get; }

    public Answer Answer { get; }

    /// <summary>Goroutine, file and line of the victim are right.</summary>
    public bool VictimIsPlaced { get; }

    /// <summary>Goroutine, operation, file and line of the victim are right.</summary>
    public bool VictimIsExact { get; }

    /// <summary>The first candidate's goroutine and line are both right.</summary>
    public bool FirstIsExact { get; }

    /// <summary>The first candidate's line is right.</summary>
    public bool LineIsFirst { get; }

    /// <summary>The first candidate's goroutine is right.</summary>
    public bool GoroutineIsFirst { get; }

    /// <summary>Some candidate's line is right.</summary>
    public bool LineIsAmong { get; }

    /// <summary>The first candidate names a wrong goroutine, or a wrong line for a write; naming none is not wrong.</summary>
    public bool FirstIsWrong { get; }

    /// <summary>Candidates called confirmed that name a wrong line or a wrong goroutine.</summary>
    public int WrongConfirmedCount { get; }

    public static Score Of(GroundTruth truth, Answer answer) => new(truth, answer);

    /// <summary>The line is one of the true ones.</summary>
    public bool IsTrueLine(AnsweredAccess access) => Truth.Rivals.Any(rival => IsAt(access, rival.Access));

    /// <summary>The goroutine, when one is named, is one of the true ones.</summary>
    public bool IsTrueGoroutine(AnsweredAccess access) => access.Goroutine is { } goroutine && Truth.RivalGoroutines.Contains(goroutine);

    // "other" says only where a suspect stands, not that it writes there.
    private bool IsWrong(AnsweredAccess access) =>
        (access.Operation != "other" && !IsTrueLine(access)) || (access.Goroutine is not null && !IsTrueGoroutine(access));

    // Builds with -trimpath name files by import path, so only the program's folder and the file's name are compared.
    private static bool IsAt(AnsweredAccess access, TrueAccess truth) =>
        access.Line == truth.Marker.Line && access.File is { } file && LastTwo(file) == LastTwo(truth.Marker.File);

    private static string LastTwo(string path) => string.Join('/', path.Split('/').TakeLast(2));
}

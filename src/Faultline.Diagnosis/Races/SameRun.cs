using System.Globalization;
using Faultline.Binaries;
using Faultline.Diagnosis.Incidents;
using Faultline.Evidence.Races;

namespace Faultline.Diagnosis.Races;

/// <summary>
/// What shows that a report and a memory are of one run of the program. Addresses, names and lines do not: Go's heap begins at the same addresses in every run, so those of another run fit as well.
/// </summary>
public enum SameRunBasis
{
    /// <summary>They are not, or nothing shows that they are: the memory is not used.</summary>
    None,

    /// <summary>The log's name ends in the process's id, as the detector names its files.</summary>
    ProcessId,

    /// <summary>The running process has the log open.</summary>
    OpenFile,

    /// <summary>Log and slice headers were recorded together.</summary>
    Recording,
}

/// <summary>Whether a report and a memory are of one run, and why.</summary>
/// <param name="Because">A sentence for the reader.</param>
public readonly record struct SameRun(SameRunBasis Basis, string Because)
{
    public bool IsUsed => Basis != SameRunBasis.None;

    /// <summary>What log and process say; null when the names say nothing.</summary>
    internal static SameRun? ByName(LogOrigin log, RaceMemory memory)
    {
        if (log.Source != "-" && memory.OpenFiles.Contains(Path.GetFullPath(log.Source), StringComparer.Ordinal))
            return new SameRun(SameRunBasis.OpenFile, $"{memory.Source} has {log.Source} open");
        // GORACE=log_path=P writes P.PID.
        var last = log.Source[(log.Source.LastIndexOf('.') + 1)..];
        if (memory.ProcessId is not { } process || !log.Source.Contains('.', StringComparison.Ordinal) || !int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var named))
            return null;
        return named == process
            ? new SameRun(SameRunBasis.ProcessId, string.Create(CultureInfo.InvariantCulture, $"the log's name ends in the id of the process, {process}"))
            : new SameRun(SameRunBasis.None, string.Create(CultureInfo.InvariantCulture, $"the log is that of process {named}, and the memory that of process {process}"));
    }

    /// <summary>False when a frame of the report is not on the line that the program's code has there: it is of another build. Null when no frame can be compared.</summary>
    internal static bool? IsSameBuild(RaceReport report, GoBinary binary)
    {
        bool? fits = null;
        foreach (var access in report.Accesses)
        {
            var frames = access.Stack.Frames;
            for (var i = 0; i < frames.Count; i++)
            {
                // Inlined frames come before the one that they are in, with the same offset; those of the runtime have the line of their first instruction.
                var isInlined = i + 1 < frames.Count && frames[i + 1].Offset == frames[i].Offset;
                if (isInlined || frames[i] is not { Line: > 0, Offset: > 0 and { } offset } frame || binary.FindFunctions(frame.Function) is not [var function])
                    continue;
                if (offset > function.End - function.Entry || !binary.ResolveFrames(function.Entry + offset - 1).Any(known => known.Line == frame.Line))
                    return false;
                fits = true;
            }
        }

        return fits;
    }
}

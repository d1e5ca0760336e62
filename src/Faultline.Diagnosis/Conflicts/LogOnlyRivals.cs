using System.Globalization;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>
/// The other side of a map fault from the log alone. Nothing is known of the code then, so a goroutine counts only when the log shows
/// it inside a map write, or running with a pointer that the victim holds too; a running goroutine alone is a bystander.
/// </summary>
internal static class LogOnlyRivals
{
    private const int MostGoroutines = 32;

    public static IReadOnlyList<Access> Find(CrashReport report, MapFault fault, ProgramImage image, EvidenceBook evidence)
    {
        var states = new GoroutineStates(report.Scheduler);
        var pointers = Pointers(fault.Goroutine);
        var found = new List<(int Rank, Access Access)>();
        foreach (var goroutine in report.Goroutines)
        {
            if (goroutine == fault.Goroutine || states.Of(goroutine) == GoroutineState.Parked)
                continue;
            if (Judge(goroutine) is { } judged)
                found.Add(judged);
        }

        return found.OrderBy(pair => pair.Rank).Take(MostGoroutines).Select(pair => pair.Access).ToList();

        (int Rank, Access Access)? Judge(GoroutineTrace goroutine)
        {
            var raised = report.Raisers.Contains(goroutine);
            var position = MapPosition.Of(goroutine, image);
            var seen = position.MapFrame is { } frame ? MapFunctions.Find(frame.Location.Function) : null;
            var writes = seen is { } operation && MapFunctions.IsWrite(operation);
            if (fault.MapAddress is { } map && position.MapAddress is { } other)
            {
                return map == other && writes
                    ? (0, ToAccess(goroutine, position, seen!.Value, Rules.SameMapWrite, Confidence.Probable, "it was inside a write of the same map address when the program died", []))
                    : null;
            }

            if (raised)
                return (1, ToAccess(goroutine, position, seen ?? AccessOperation.MapWrite, Rules.BothRaised, Confidence.Possible, "it raised the same fault at the same moment", []));
            if (writes && SameType(position))
                return (4 - position.Arguments.Agreement(fault.Position.Arguments), ToAccess(goroutine, position, seen!.Value, Rules.VisibleWrite, Confidence.Possible, "it was inside a map write when the program died; of which map, the log does not say", []));
            if (SharedPointer(goroutine, pointers) is { } shared)
            {
                return (5, ToAccess(
                    goroutine,
                    position,
                    AccessOperation.Other,
                    Rules.SharesPointer,
                    Confidence.Possible,
                    string.Create(CultureInfo.InvariantCulture, $"it was {(states.Of(goroutine) == GoroutineState.Running ? "running" : "ready to run")} when the program died and holds the pointer 0x{shared.Value:x}, as the victim does"),
                    [evidence.AddFrame(shared.Frame)]));
            }

            return null;
        }

        bool SameType(MapPosition position)
            => fault.Position.Arguments.Type is not { } mine || position.Arguments.Type is not { } theirs || mine == theirs;

        Access ToAccess(GoroutineTrace goroutine, MapPosition position, AccessOperation operation, string rule, Confidence confidence, string why, List<int> ids)
        {
            ids.Insert(0, evidence.AddHeader(goroutine));
            if (states.ThreadOf(goroutine.Id) is { } thread)
                ids.Add(evidence.AddLine(thread.LogLine, string.Create(CultureInfo.InvariantCulture, $"M{thread.Id}: curg={goroutine.Id}")));
            if (position.MapFrame is { } mapFrame)
                ids.Add(evidence.AddFrame(mapFrame));
            var user = position.UserFrame?.Location;
            var file = image.Sources.Map(user?.File ?? "");
            return new Access
            {
                Goroutine = goroutine.Id,
                Status = goroutine.Status,
                Operation = operation,
                Expression = SourceExpression.Restore(operation, image.Sources.ReadLine(file, user?.Line ?? 0), null),
                Pc = user?.Pc,
                Function = user?.Function ?? "",
                File = file,
                Line = user?.Line ?? 0,
                Inlined = user?.Kind == FrameKind.Inlined,
                Frames = AccessFrames.OfStack(goroutine.Stack, image),
                CreatedBy = AccessFrames.OfCreation(goroutine.CreatedBy, image),
                Confidence = confidence,
                Rule = rule,
                Why = why,
                Evidence = ids,
            };
        }
    }

    /// <summary>Values in a goroutine's own frames that look like pointers and are not stale.</summary>
    private static HashSet<ulong> Pointers(GoroutineTrace goroutine)
        => goroutine.Frames
            .Where(frame => !GoPackage.IsRuntime(frame.Location.Function))
            .SelectMany(frame => frame.Arguments)
            .Where(IsPointer)
            .Select(argument => argument.Value)
            .ToHashSet();

    private static (ulong Value, TracebackFrame Frame)? SharedPointer(GoroutineTrace goroutine, HashSet<ulong> pointers)
    {
        if (pointers.Count == 0)
            return null;
        foreach (var frame in goroutine.Frames)
        {
            if (GoPackage.IsRuntime(frame.Location.Function))
                continue;
            foreach (var argument in frame.Arguments)
            {
                if (IsPointer(argument) && pointers.Contains(argument.Value))
                    return (argument.Value, frame);
            }
        }

        return null;
    }

    // Heap addresses start at 0xc000000000 up to Go 1.25 and lie anywhere below 2^47 since; small numbers are counts and lengths.
    private static bool IsPointer(Argument argument)
        => argument is { Kind: ArgumentKind.Value, IsStale: false, Value: > 0xffff_ffff and < 1UL << 47 };
}

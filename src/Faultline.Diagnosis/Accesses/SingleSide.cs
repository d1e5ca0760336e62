using System.Globalization;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Accesses;

/// <summary>The victim of a fault that is no map conflict: the goroutine that raised it, or the one that the deadlock left waiting.</summary>
internal static class SingleSide
{
    /// <summary>The access of a goroutine at its first frame outside the runtime and the sync packages.</summary>
    public static Access Of(GoroutineTrace goroutine, AccessOperation operation, string rule, string why, ProgramImage image, EvidenceBook evidence)
    {
        var ids = new List<int> { evidence.AddHeader(goroutine) };
        var user = UserFrame(goroutine);
        if (user is { } frame)
            ids.Add(evidence.AddFrame(frame));
        var location = user?.Location;
        var file = image.Sources.Map(location?.File ?? "");
        return new Access
        {
            Goroutine = goroutine.Id,
            Status = goroutine.Status,
            Operation = operation,
            Expression = SourceExpression.Restore(operation, image.Sources.ReadLine(file, location?.Line ?? 0), null),
            Pc = location is null ? null : PhysicalPc(goroutine, location, image),
            Function = location?.Function ?? "",
            File = file,
            Line = location?.Line ?? 0,
            Inlined = location?.Kind == FrameKind.Inlined,
            Frames = AccessFrames.OfStack(goroutine.Stack, image),
            CreatedBy = AccessFrames.OfCreation(goroutine.CreatedBy, image),
            Confidence = Confidence.Confirmed,
            Rule = rule,
            Why = why,
            Evidence = ids,
        };
    }

    /// <summary>What a blocked goroutine waits for, by its status and, where that is only <c>semacquire</c>, by the sync function on its stack.</summary>
    public static AccessOperation WaitsFor(GoroutineTrace goroutine)
    {
        var status = goroutine.Status;
        if (status.StartsWith("chan receive", StringComparison.Ordinal))
            return AccessOperation.ChanReceive;
        if (status.StartsWith("chan send", StringComparison.Ordinal))
            return AccessOperation.ChanSend;
        if (status.StartsWith("sync.Mutex", StringComparison.Ordinal) || status.StartsWith("sync.RWMutex", StringComparison.Ordinal))
            return AccessOperation.Lock;
        return status == "semacquire" && goroutine.Stack.Locations.Any(location => location.Function is "sync.(*Mutex).Lock" or "sync.(*RWMutex).Lock" or "sync.(*RWMutex).RLock")
            ? AccessOperation.Lock
            : AccessOperation.Other;
    }

    /// <summary>The object's address from the first visible function that takes it as its first argument; null unless printed without <c>?</c>.</summary>
    public static ulong? ObjectAddress(GoroutineTrace goroutine, string objectKind)
    {
        foreach (var frame in goroutine.Frames)
        {
            var function = frame.Location.Function;
            var takesObject = objectKind switch
            {
                "channel" => function is "runtime.chansend" or "runtime.chansend1" or "runtime.closechan" or "runtime.chanrecv" or "runtime.chanrecv1",
                "mutex" => function.StartsWith("sync.(*Mutex).", StringComparison.Ordinal) || function.StartsWith("sync.(*RWMutex).", StringComparison.Ordinal) || function.StartsWith("internal/sync.(*Mutex).", StringComparison.Ordinal),
                "waitgroup" => function.StartsWith("sync.(*WaitGroup).", StringComparison.Ordinal),
                _ => false,
            };
            if (takesObject && frame.Arguments is [{ Kind: ArgumentKind.Value, IsStale: false, Value: > 0xfff and var address }, ..])
                return address;
        }

        return null;
    }

    private static TracebackFrame? UserFrame(GoroutineTrace goroutine)
    {
        foreach (var frame in goroutine.Frames)
        {
            // A panic in a test is raised again by the deferred functions of the test runner, which then stand above it.
            if (frame.Location.Kind is FrameKind.Go or FrameKind.Inlined && !GoPackage.CarriesSynchronisation(frame.Location.Function)
                && !frame.Location.Function.StartsWith("testing.tRunner.func", StringComparison.Ordinal))
            {
                return frame;
            }
        }

        return null;
    }

    private static ulong? PhysicalPc(GoroutineTrace goroutine, FrameLocation user, ProgramImage image)
    {
        var locations = goroutine.Stack.Locations;
        for (var i = 0; i < locations.Count; i++)
        {
            if (locations[i] != user)
                continue;
            while (i < locations.Count && locations[i].Kind == FrameKind.Inlined)
                i++;
            return i < locations.Count ? image.FindPc(goroutine.Stack, i) : null;
        }

        return null;
    }

    /// <summary>The goroutine of the test that a time-out interrupted; null when none is on a stack. Go 1.19 and older do not print which tests ran.</summary>
    public static GoroutineTrace? FindRunningTest(CrashReport report)
    {
        if (report.RunningTests.Count == 0)
        {
            return report.Goroutines.FirstOrDefault(goroutine =>
                goroutine.Stack.Locations.Any(location => location.Function == "testing.tRunner")
                && goroutine.Stack.Locations.All(location => location.Function != "testing.(*T).Run"));
        }

        foreach (var running in report.RunningTests)
        {
            var name = running.Split(' ', '/')[0];
            var suffix = string.Create(CultureInfo.InvariantCulture, $".{name}");
            foreach (var goroutine in report.Goroutines)
            {
                if (goroutine.Stack.Locations.Any(location => location.Function.EndsWith(suffix, StringComparison.Ordinal) || location.Function.Contains(suffix + ".", StringComparison.Ordinal)))
                    return goroutine;
            }
        }

        return null;
    }
}

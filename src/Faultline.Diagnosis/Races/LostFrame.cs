using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Races;

namespace Faultline.Diagnosis.Races;

/// <summary>
/// Finds the line of an access whose own frame is not on its stack. Atomics of all releases, and map reads and wait groups of Go 1.27, enter the
/// detector with a stack that has the library's function and then the caller's caller. That one's call instruction, the functions that call what the runtime's frame names, and
/// the stacks of the report leave few lines, often one.
/// </summary>
internal sealed class LostFrame(ProgramImage image)
{
    private const int MostLines = 8;

    /// <summary>
    /// The user's frame is missing: the frame below the runtime's calls something else. Null when the binary cannot tell.
    /// </summary>
    public bool? IsMissing(RaceStack stack)
    {
        var below = Below(stack);
        if (below is null || Call(below) is not { } call)
            return null;
        return !Callees(stack).Contains(call.TargetName, StringComparer.Ordinal);
    }

    /// <summary>Lines that can be the missing one; empty without a binary, or when there are too many to be of use.</summary>
    public IReadOnlyList<LostLine> Find(RaceStack stack, RaceGoroutine? goroutine)
    {
        if (image.Code is not { } code)
            return [];
        var below = Below(stack);
        var target = below is null ? null : Call(below);
        var sites = Callees(stack)
            .SelectMany(callee => image.Binary!.FindFunctions(callee))
            .SelectMany(callee => code.FindCallsTo(callee.Entry))
            .Where(site => IsUser(site.Frames))
            .ToList();
        if (target is { Target: not 0 } direct)
            sites = [.. sites.Where(site => site.FunctionEntry == direct.Target)];
        else if (Closures(sites, stack, goroutine) is { Count: > 0 } closures)
            sites = closures;
        else if (goroutine is null || goroutine.Created.Frames.Count == 0)
            return [];
        var lines = sites
            .Select(site => UserFrame(site.Frames))
            .Select(frame => new LostLine(frame.Function, image.Sources.Map(frame.File), frame.Line))
            .Distinct()
            .ToList();
        return lines.Count <= MostLines ? lines : [];
    }

    /// <summary>The functions whose caller is missing.</summary>
    private static IReadOnlyList<string> Callees(RaceStack stack) => stack.Frames[0].Function switch
    {
        "runtime.racewrite" => ["sync.(*WaitGroup).Wait"],
        "runtime.raceread" => ["sync.(*WaitGroup).Add", "sync.(*WaitGroup).Go"],
        var atomic when atomic.StartsWith("sync/atomic.", StringComparison.Ordinal) => [atomic],
        _ => [stack.Frames.Last(frame => frame.Function.StartsWith("runtime.map", StringComparison.Ordinal)).Function],
    };

    /// <summary>The first frame outside the runtime and sync.</summary>
    private static RaceFrame? Below(RaceStack stack)
        => stack.Frames.FirstOrDefault(frame => !GoPackage.CarriesSynchronisation(frame.Function));

    private Binaries.Code.CallInstruction? Call(RaceFrame frame)
    {
        if (image.Code is not { } code || frame.Offset is not { } offset)
            return null;
        foreach (var function in image.Binary!.FindFunctions(frame.Function))
        {
            if (offset <= function.End - function.Entry && code.FindCall(function.Entry + offset) is { } call)
                return call;
        }

        return null;
    }

    /// <summary>Those in closures and method values of the functions that are on the report's stacks, the innermost of these first.</summary>
    private static List<Binaries.Code.CallSite> Closures(List<Binaries.Code.CallSite> sites, RaceStack stack, RaceGoroutine? goroutine)
    {
        var known = new HashSet<string>(stack.Frames.Select(frame => frame.Function), StringComparer.Ordinal);
        foreach (var frame in (goroutine?.Created.Frames ?? []).Concat(stack.Frames))
        {
            var inside = sites.FindAll(site => site.Frames[^1].Function is var name && !known.Contains(name) && name.StartsWith(frame.Function + ".func", StringComparison.Ordinal));
            if (inside.Count > 0)
                return inside;
        }

        return [];
    }

    private static bool IsUser(IReadOnlyList<SourceFrame> frames) => frames.Count > 0 && !IsCarrier(frames[^1].Function);

    /// <summary>A method of the library that was inlined is not the user's line.</summary>
    private static SourceFrame UserFrame(IReadOnlyList<SourceFrame> frames)
    {
        foreach (var frame in frames)
        {
            if (!IsCarrier(frame.Function))
                return frame;
        }

        return frames[0];
    }

    private static bool IsCarrier(string function) => GoPackage.CarriesMapOperations(function) || GoPackage.CarriesSynchronisation(function);
}

using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Accesses;

/// <summary>Turns printed and resolved frames into the frames that a report shows.</summary>
internal static class AccessFrames
{
    public static IReadOnlyList<AccessFrame> OfStack(StackTrace stack, ProgramImage image)
    {
        var frames = new List<AccessFrame>(stack.Locations.Count);
        for (var i = 0; i < stack.Locations.Count; i++)
        {
            var location = stack.Locations[i];
            if (location.Kind == FrameKind.Elided)
            {
                var count = location.ElidedCount is { } elided ? $"...{elided} frames elided..." : "...additional frames elided...";
                frames.Add(new AccessFrame(count, "", 0, null, Inlined: false, IsRuntime: false, IsExactPc: false));
                continue;
            }

            frames.Add(new AccessFrame(
                location.Function,
                image.Sources.Map(location.File),
                location.Line,
                image.FindPc(stack, i),
                location.Kind == FrameKind.Inlined,
                GoPackage.IsRuntime(location.Function),
                IsExactPc: false));
        }

        return frames;
    }

    public static IReadOnlyList<AccessFrame> OfCode(IReadOnlyList<SourceFrame> frames, ulong pc, ProgramImage image)
        => frames
            .Select(frame => new AccessFrame(
                frame.Function,
                image.Sources.Map(frame.File),
                frame.Line,
                pc,
                frame.Inlined,
                GoPackage.IsRuntime(frame.Function),
                IsExactPc: false))
            .ToList();

    public static CreatedBy? OfCreation(Creation? creation, ProgramImage image)
        => creation is null
            ? null
            : new CreatedBy(creation.Location.Function, image.Sources.Map(creation.Location.File), creation.Location.Line, creation.Goroutine);
}

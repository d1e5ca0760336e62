using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Waiting;

/// <summary>Goroutines that stand alike, and the code on their stack.</summary>
/// <param name="Id">The smallest of their numbers.</param>
/// <param name="State">Of that one: its wait reason, or what it does.</param>
/// <param name="Entries">Link-time entries of the program's own functions on the stack, innermost first.</param>
internal sealed record CodeStack(long Id, int Count, string State, string Function, string File, int Line, IReadOnlyList<ulong> Entries)
{
    /// <summary>Those of a log; empty without a binary.</summary>
    public static IEnumerable<CodeStack> Of(CrashReport report, ProgramImage image)
    {
        if (image.Binary is not { } binary)
            yield break;
        foreach (var group in report.Goroutines.GroupBy(goroutine => (goroutine.Stack, goroutine.Status)))
        {
            var locations = group.Key.Stack.Locations;
            var entries = new List<ulong>();
            FrameLocation? place = null;
            for (var index = 0; index < locations.Count; index++)
            {
                if (locations[index].Kind is not (FrameKind.Go or FrameKind.Inlined) || GoPackage.CarriesSynchronisation(locations[index].Function))
                    continue;
                place ??= locations[index];
                if (image.FindAddress(group.Key.Stack, index) is { } address && binary.TryFindFunction(address - 1, out var function))
                    entries.Add(function.Entry);
            }

            yield return new CodeStack(group.Min(goroutine => goroutine.Id), group.Count(), group.Key.Status, place?.Function ?? "", image.Sources.Map(place?.File ?? ""), place?.Line ?? 0, entries);
        }
    }
}

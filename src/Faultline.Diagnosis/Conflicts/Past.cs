using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>
/// Which write lines a goroutine can have run before it came to where it stands. Each frame is at a known address, so only calls from which
/// the flow of its function leads there can have returned: a goroutine that has not started, or that stands before its write, cannot be the rival.
/// </summary>
internal sealed class Past(ProgramImage image, Reach reach, IReadOnlyList<WriteLine> lines, FrameLocation? victimCreation)
{
    /// <summary>The lines; null when some frame's address or flow is not known, so that nothing is excluded.</summary>
    public HashSet<WriteLine>? LinesOf(StackTrace stack)
    {
        if (image.Code is null || stack.Locations.Count == 0)
            return null;
        var found = new HashSet<WriteLine>();
        var hiddenFrame = false;
        // From the outermost frame inwards: what the creator of the victim did before its go statement happened before everything here.
        for (var i = stack.Locations.Count - 1; i >= 0; i--)
        {
            var location = stack.Locations[i];
            if (location.Kind == FrameKind.Inlined)
            {
                hiddenFrame |= i == stack.Locations.Count - 1 || GoPackage.IsRuntime(stack.Locations[i + 1].Function);
                continue;
            }

            if (location.Kind == FrameKind.Go && GoPackage.IsRuntime(location.Function))
                continue;
            if (hiddenFrame || image.FindAddress(stack, i) is not { } address || !AddFrame(stack, i, address, found))
                return null;
        }

        return hiddenFrame ? null : found;
    }

    private bool AddFrame(StackTrace stack, int index, ulong address, HashSet<WriteLine> found)
    {
        var entry = address - stack.Locations[index].Offset.GetValueOrDefault();
        if (image.Code!.FindPastCalls(address, StartOfVictim(stack, index, entry)) is not { } calls)
            return false;
        foreach (var call in calls)
        {
            foreach (var line in lines)
            {
                if (line.Sites.Any(site => site.ReturnAddress == call.ReturnAddress))
                    found.Add(line);
            }

            // A call through a value can lead to whatever the function can come to.
            found.UnionWith(reach.LinesFrom(call.Target != 0 ? call.Target : entry));
        }

        return true;
    }

    /// <summary>
    /// The victim's go statement, when this very activation ran it: what came before it is ordered before all that the victim did.
    /// Only main.main is known to run once.
    /// </summary>
    private ulong StartOfVictim(StackTrace stack, int index, ulong entry)
    {
        if (victimCreation is not { Function: "main.main" } || stack.Locations[index].Function != "main.main" || image.FindAddress(victimCreation) is not { } address)
            return 0;
        return address - victimCreation.Offset.GetValueOrDefault() == entry ? address : 0;
    }
}

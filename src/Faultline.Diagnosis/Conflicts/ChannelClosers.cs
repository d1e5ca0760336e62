using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>
/// The lines that can have closed a channel which a goroutine then sent on or closed again: those whose code names the same field or variable as the code
/// of the victim does. A channel can be reached under other names too, so none of them is ever more than possible.
/// </summary>
internal static class ChannelClosers
{
    private const int MostLines = 8;

    /// <summary>Best first; empty without a binary whose code can be followed, or when the code names no place in which the victim's channel lives.</summary>
    public static IReadOnlyList<Access> Find(Access victim, ProgramImage image, EvidenceBook evidence)
    {
        if (image.Code is not { } code)
            return [];
        // Usually one; a line can be compiled into several functions.
        var channels = code.ChannelSites
            .Where(site => site.Operation == (victim.Operation == AccessOperation.ChanClose ? ChannelOperation.Close : ChannelOperation.Send) && ChannelPlaces.UserFrame(site) is var frame && frame.Line == victim.Line && PrintedName.Matches(victim.Function, frame.Function))
            .Select(site => site.Operand).ToList();
        if (channels.Count == 0)
            return [];
        var lines = code.ChannelSites.Where(site => site.Operation == ChannelOperation.Close)
            .Select(close => (Close: close, Frame: ChannelPlaces.UserFrame(close), Identity: channels.Max(channel => MapIdentities.Compare(channel, close.Operand))))
            .Where(item => item.Identity >= MapIdentity.MayAlias)
            .GroupBy(item => (item.Frame.Function, item.Frame.File, item.Frame.Line))
            .Select(group => group.MaxBy(item => item.Identity))
            .OrderBy(item => item.Frame.Line == victim.Line && item.Frame.Function == victim.Function)
            .ThenByDescending(item => item.Identity)
            .ThenBy(item => image.IsLibrary(item.Frame.Function))
            .Take(MostLines)
            .ToList();
        return [.. lines.Select(item => Describe(item.Close, item.Frame, item.Identity, lines.Count == 1))];

        Access Describe(ChannelSite close, SourceFrame frame, MapIdentity identity, bool isOnly)
        {
            var file = image.Sources.Map(frame.File);
            var (statements, fromMain) = code.GoroutinesReaching(close.FunctionEntry);
            var start = statements is [var only] && !fromMain && only.Frames.Count > 0 ? only.Frames[0] : (SourceFrame?)null;
            var place = close.Operand.DirectRoots.FirstOrDefault(root => channels.Exists(channel => channel.Roots.Contains(root))).Name;
            return new Access
            {
                Operation = AccessOperation.ChanClose,
                Expression = SourceExpression.Restore(AccessOperation.ChanClose, image.Sources.ReadLine(file, frame.Line), null),
                Pc = image.ToRuntime(close.CallAddress + 1),
                Function = frame.Function,
                File = file,
                Line = frame.Line,
                Inlined = frame.Inlined,
                Frames = AccessFrames.OfCode(close.Frames, image.ToRuntime(close.CallAddress + 1), image),
                CreatedBy = start is { } statement ? new CreatedBy(statement.Function, image.Sources.Map(statement.File), statement.Line, null) : null,
                Confidence = Confidence.Possible,
                Rule = Rules.ClosesChannel,
                Why = $"{(isOnly ? "it is the only line that is seen to close" : "it is a line that closes")} {Words(identity, place)}",
                Evidence = [evidence.AddCode(close.CallAddress, $"close of a channel{(place is null ? "" : $" from {place}")} in {frame.Function}")],
            };
        }
    }

    private static string Words(MapIdentity identity, string? place) => identity switch
    {
        MapIdentity.SameVariable => $"the channel in the variable {place}",
        MapIdentity.SamePlace => $"a channel in {place}, where the victim's comes from as well",
        _ => "what can be the same channel under another name",
    };
}

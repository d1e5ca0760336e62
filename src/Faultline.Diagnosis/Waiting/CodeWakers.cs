using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Diagnosis.Conflicts;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Waiting;

/// <summary>
/// Adds to the graph of a log, which prints no channels, whose code could end a wait on one: goroutines that stand in functions whose code leads, by calls that are known one by one, to one that sends to, receives from or
/// closes a channel in the same field or variable. It says nothing of this very channel and so makes nobody a suspect, puts nobody on a circle and clears nobody (docs/verdicts.md).
/// </summary>
internal static class CodeWakers
{
    /// <summary>Places at which goroutines wait that are looked at.</summary>
    private const int MostPlaces = 64;

    /// <summary>Stacks that are named for one place.</summary>
    private const int MostWakers = 4;

    /// <summary>Operations that would end one wait which are followed.</summary>
    private const int MostSites = 16;

    /// <summary>Different stacks that are looked at.</summary>
    private const int MostStacks = 4096;

    public static WaitGraph Complete(WaitGraph graph, CrashReport report, ProgramImage image, EvidenceBook evidence)
    {
        if (image.Code is not { } code)
            return graph;
        var waiting = WithoutPartner(graph).Take(MostPlaces).ToList();
        if (waiting.Count == 0)
            return graph;
        var nodes = graph.Nodes.ToList();
        var known = nodes.Where(node => node.Goroutine is not null).ToDictionary(node => node.Goroutine!.Value);
        var edges = graph.Edges.ToList();
        var stacks = CodeStack.Of(report, image).Where(stack => stack.Entries.Count > 0).Take(MostStacks).ToList();
        foreach (var waiter in waiting)
        {
            foreach (var (stack, site) in Wakers(waiter, stacks, code))
            {
                if (!known.TryGetValue(stack.Id, out var node))
                {
                    node = new WaitNode(string.Create(CultureInfo.InvariantCulture, $"g{stack.Id}"), WaitNodeKind.Goroutine, stack.Id, null, stack.State, stack.Function, stack.File, stack.Line, stack.Count);
                    known.Add(stack.Id, node);
                    nodes.Add(node);
                }

                if (node.Id == waiter.Id)
                    continue;
                var what = Describe(site, image);
                edges.Add(new WaitEdge(node.Id, waiter.Id, WaitEdgeKind.CodeCouldWake, IsInferred: true, [evidence.AddCode(site.CallAddress, what)]) { Note = what });
            }
        }

        return graph with { Nodes = nodes, Edges = edges };
    }

    /// <summary>Those that wait on a channel which nobody is known to have.</summary>
    private static IEnumerable<WaitNode> WithoutPartner(WaitGraph graph)
    {
        var awaited = graph.Edges.Where(edge => !edge.IsInferred).ToLookup(edge => edge.From, edge => edge.To, StringComparer.Ordinal);
        var havers = graph.Edges.Where(edge => edge.IsInferred).ToLookup(edge => edge.To, edge => edge.From, StringComparer.Ordinal);
        return graph.Nodes.Where(node => node.Goroutine is not null && OperationOf(node.State) is not null && !awaited[node.Id].Any(target => havers[target].Any(haver => haver != node.Id)));
    }

    /// <summary>The stacks whose code leads to what would end a wait; those that are in that very function first.</summary>
    private static List<(CodeStack Stack, ChannelSite Site)> Wakers(WaitNode waiter, List<CodeStack> stacks, ProgramCode code)
    {
        var partners = Partners(waiter, code).Select(site => (Site: site, Leading: code.LeadingTo(site.FunctionEntry))).ToList();
        return
        [
            .. stacks.Where(stack => stack.Id != waiter.Goroutine || stack.Count > 1)
                .Select(stack => (Stack: stack, Partner: partners.Find(partner => stack.Entries.Any(partner.Leading.Contains))))
                .Where(item => item.Partner.Site is not null)
                .Select(item => (item.Stack, item.Partner.Site))
                .OrderByDescending(item => item.Stack.Entries.Contains(item.Site.FunctionEntry))
                .Take(MostWakers),
        ];
    }

    private static ChannelOperation? OperationOf(string state) => state switch
    {
        "chan send" => ChannelOperation.Send,
        "chan receive" => ChannelOperation.Receive,
        _ => null,
    };

    /// <summary>The operations that would end the wait, on a channel from the same place as that of the wait; surest first.</summary>
    private static List<ChannelSite> Partners(WaitNode waiter, ProgramCode code)
    {
        var operation = OperationOf(waiter.State);
        var channels = code.ChannelSites
            .Where(site => site.Operation == operation && ChannelPlaces.UserFrame(site) is var frame && frame.Line == waiter.Line && PrintedName.Matches(waiter.Function, frame.Function))
            .Select(site => site.Operand).ToList();
        if (channels.Count == 0)
            return [];
        return
        [
            .. code.ChannelSites.Where(site => operation == ChannelOperation.Send ? site.Operation == ChannelOperation.Receive : site.Operation != ChannelOperation.Receive)
                .Select(site => (Site: site, Identity: channels.Max(channel => MapIdentities.Compare(channel, site.Operand))))
                .Where(item => item.Identity >= MapIdentity.SamePlace)
                .OrderByDescending(item => item.Identity)
                .Select(item => item.Site)
                .Take(MostSites),
        ];
    }

    private static string Describe(ChannelSite site, ProgramImage image)
    {
        var frame = ChannelPlaces.UserFrame(site);
        var file = image.Sources.Map(frame.File);
        var verb = site.Operation switch
        {
            ChannelOperation.Send => "a send to",
            ChannelOperation.Receive => "a receive from",
            _ => "a close of",
        };
        var place = site.Operand.DirectRoots.Select(root => root.Name).FirstOrDefault(name => name.Length > 0);
        return string.Create(CultureInfo.InvariantCulture, $"{verb} {(place is null ? "a channel" : $"the channel in {place}")} in {GoPackage.Short(frame.Function)} ({file[(file.LastIndexOf('/') + 1)..]}:{frame.Line})");
    }
}

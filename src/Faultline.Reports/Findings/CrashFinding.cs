using System.Text.Json;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;
using Faultline.Diagnosis.Waiting;
using Faultline.Reports.Text;

namespace Faultline.Reports.Findings;

/// <summary>A crash as a finding.</summary>
internal static class CrashFinding
{
    private const int WaitersShown = 8;

    public static Finding Of(Incident incident)
    {
        List<FindingSide> sides = [];
        if (incident.Victim is { } victim)
            sides.Add(SideOf(victim, "Victim"));
        if (incident.Rivals is [{ } best, ..])
            sides.Add(SideOf(best, "Rival"));
        // A channel had been closed when it was used, whoever did it.
        if (incident.Fault.Kind is FaultKind.SendOnClosedChannel or FaultKind.CloseOfClosedChannel && sides.Count == 2 && sides.Exists(side => side.Time is null))
            sides = [sides[0] with { Time = 0 }, sides[1] with { Time = -1 }];
        if (sides.Count == 0)
            sides.AddRange(Waiters(incident));
        return new Finding
        {
            Kind = JsonNamingPolicy.KebabCaseLower.ConvertName(incident.Fault.Kind.ToString()),
            Headline = incident.Fault is { Kind: FaultKind.Deadlock, Message: "" }
                ? "stuck: goroutines that nothing can wake, and no fatal error"
                : $"{(incident.Fault.Recoverable ? "panic" : "fatal error")}: {incident.Fault.Message}",
            Summary = incident.Summary,
            Confidence = incident.Confidence,
            Certainty = incident.Confidence is { } confidence ? $"{Wording.Confidence(confidence)}: {Wording.HowSure(confidence)}" : "no verdict: the inputs do not say more than the message",
            Object = incident.Object is { } shared ? AccessText.Describe(shared) : null,
            Sides = sides,
            Others = [.. incident.Rivals.Skip(1).Select(rival => SideOf(rival, "Candidate"))],
            Evidence = [.. incident.Evidence.Select(item => new FindingFact(item.Id, item.Source, item.Line, EvidencePlace.Of(item), item.Text))],
            Missing = incident.Missing,
            Diagnostics = incident.Diagnostics,
            Origin = incident.Log.Stream is { } stream ? $"{Wording.Source(incident.Log.Source)}, {stream}" : Wording.Source(incident.Log.Source),
            Program = VerdictBlock.Identity(incident),
            Module = incident.Program.Module,
            Graph = incident.WaitGraph,
            Buckets = incident.Buckets,
            GoroutineCount = incident.GoroutineCount,
        };
    }

    private static FindingSide SideOf(Access access, string role) => new()
    {
        Role = role,
        Who = access.Goroutine is { } id ? $"goroutine {id}{(access.Status is { Length: > 0 } status ? $" [{status}]" : "")}" : "goroutine not known",
        Operation = access.Operation == AccessOperation.Other ? "" : Wording.Operation(access.Operation),
        Expression = access.Expression,
        Function = access.Function,
        File = access.File,
        Line = access.Line,
        Pc = access.Pc,
        Frames = access.Frames,
        CreatedBy = access.CreatedBy,
        Certainty = $"{Wording.Confidence(access.Confidence)}: {access.Why} (rule {access.Rule})",
        Time = access.Time,
    };

    // A deadlock has no victim: those on the first circle stand for it, else whoever is stuck.
    private static IEnumerable<FindingSide> Waiters(Incident incident)
    {
        WaitGraph graph = incident.WaitGraph;
        WaitCycle? cycle = graph.Cycles.Count > 0 ? graph.Cycles[0] : null;
        IEnumerable<(long Goroutine, Confidence Confidence, string Why)> waiters = cycle is not null
            ? cycle.Goroutines.Select(id => (id, cycle.Confidence, cycle.Pattern))
            : graph.Stuck.Select(stuck => (stuck.Goroutine, stuck.Confidence, stuck.Reason));
        foreach ((long goroutine, Confidence confidence, string why) in waiters.Take(WaitersShown))
        {
            if (graph.Nodes.FirstOrDefault(node => node.Goroutine == goroutine) is not { } node)
                continue;
            yield return new FindingSide
            {
                Role = "Waits",
                Who = $"goroutine {goroutine}",
                Operation = node.State,
                Function = node.Function,
                File = node.File,
                Line = node.Line,
                Certainty = $"{Wording.Confidence(confidence)}: {why}",
            };
        }
    }
}

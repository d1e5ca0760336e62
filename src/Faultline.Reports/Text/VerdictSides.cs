using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>The victim and the best rival as two columns: who and what, function, line, and who started it, each in a row of its own.</summary>
internal static class VerdictSides
{
    /// <summary>Said of a fault whose raiser is not in the log.</summary>
    public const string NoVictim = "not in the log: the goroutine that raised the fault was not printed";

    /// <summary>Null when there is nothing to compare: one side is known, and the fault takes one only.</summary>
    /// <param name="incident">What is told.</param>
    /// <param name="started">Whether there is room for who started the goroutines.</param>
    public static (PageSide Victim, PageSide Rival)? Of(Incident incident, bool started)
    {
        Access? best = incident.Rivals is [{ } first, ..] ? first : null;
        if (incident.Fault.Kind == FaultKind.Deadlock || (incident.Victim is null && best is null) || (best is null && !Wording.TakesTwo(incident.Fault.Kind)))
            return null;
        List<PageRow> victim = incident.Victim is null ? [new PageRow(NoVictim)] : Rows(incident.Victim, started);
        List<PageRow> rival = best is null ? [new PageRow(NoRival(incident))] : Rows(best, started);
        if (best is not null)
            rival[0] = rival[0] with { Lead = Wording.Confidence(best.Confidence) + ":", Ink = Wording.ConfidenceInk(best.Confidence) };
        return (new PageSide("Victim", victim), new PageSide("Rival", rival));
    }

    /// <summary>Said of a fault that takes two when nothing points at the other.</summary>
    public static string NoRival(Incident incident) => incident.Missing.Count > 0 ? "none found; see Missing" : "none found";

    private static List<PageRow> Rows(Access access, bool started)
    {
        List<PageRow> rows = [new PageRow(AccessText.Who(access)), new PageRow(AccessText.Code(access)), new PageRow(Wording.Place(access.File, access.Line))];
        if (started && access.CreatedBy is { } creation)
            rows.Add(new PageRow(AccessText.Started(creation)));
        return rows;
    }
}

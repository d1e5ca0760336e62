using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Escapes;

namespace Faultline.Diagnosis.Escapes;

/// <summary>Adds to an incident what build logs say of the variables that its sides name.</summary>
internal static class IncidentEscapes
{
    private const int MostRivals = 8;

    public static Incident Add(Incident incident, IReadOnlyList<EscapeIndex> builds, SourceFiles sources)
    {
        var sides = new List<Access>();
        if (incident.Victim is { } victim)
            sides.Add(victim);
        sides.AddRange(incident.Rivals.Take(MostRivals));
        // Without a victim the rivals keep the numbers that they have with one.
        var first = incident.Victim is null ? 1 : 0;
        var uses = sides.Select((side, index) => UseOf(side, index + first, sources)).ToList();
        return incident with { Escapes = new VariableEscapes(builds).Find(uses) };
    }

    private static bool HasWord(string line, string name)
    {
        for (var at = line.IndexOf(name, StringComparison.Ordinal); at >= 0 && name.Length > 0; at = line.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var end = at + name.Length;
            if ((at == 0 || (line[at - 1] != '.' && !IsOfName(line[at - 1]))) && (end == line.Length || !IsOfName(line[end])))
                return true;
        }

        return false;
    }

    private static bool IsOfName(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    private static VariableUse UseOf(Access side, int index, SourceFiles sources)
    {
        // An expression without the source line is made up ("m[key]"): its name means nothing.
        var name = VariableUse.RootOf(side.Expression);
        if (sources.ReadLine(side.File, side.Line) is not { } line || !HasWord(line, name))
            name = "";
        return new VariableUse(
            index,
            name,
            side.Function,
            side.File,
            side.Line,
            [side.Function, .. side.Frames.Select(frame => frame.Function)],
            side.CreatedBy is { } created ? (created.File, created.Line) : null);
    }
}

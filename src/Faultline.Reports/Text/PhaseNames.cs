using Faultline.Binaries.Code;

namespace Faultline.Reports.Text;

/// <summary>The words for phases, steps and flag states, the same in text and JSON.</summary>
public static class PhaseNames
{
    private static readonly (MapPhases Phase, string Name)[] s_phases =
        [(MapPhases.Entry, "entry"), (MapPhases.Checked, "checked"), (MapPhases.Hashed, "hashed"), (MapPhases.Writing, "writing"), (MapPhases.Done, "done")];

    public static IEnumerable<string> Of(MapPhases phases) => s_phases.Where(phase => phases.HasFlag(phase.Phase)).Select(phase => phase.Name);

    public static string Of(WriteStage stage) => stage switch
    {
        WriteStage.Marked => "set",
        WriteStage.Unmarked => "clear",
        _ => "unknown",
    };

    /// <summary>Empty for an instruction that does nothing of note.</summary>
    public static string Of(MapStep step) => step switch
    {
        MapStep.FlagTest => "flag test",
        MapStep.FlagSet => "flag set",
        MapStep.FlagClear => "flag clear",
        MapStep.Hash => "hash",
        MapStep.Grow => "grow",
        MapStep.Fatal => "fatal",
        MapStep.StackGrowth => "stack growth",
        MapStep.Call => "call",
        MapStep.Return => "return",
        _ => "",
    };
}

using Faultline.Binaries.Code.Listing;

namespace Faultline.Reports.Text;

/// <summary>The words for checks and safepoints, the same in text and JSON.</summary>
public static class CheckNames
{
    /// <summary>Empty for an instruction that is no check.</summary>
    public static string Of(RuntimeCheck check) => check switch
    {
        RuntimeCheck.StackCheck => "stack check",
        RuntimeCheck.StackGrowth => "stack growth",
        RuntimeCheck.WriteBarrier => "write barrier",
        RuntimeCheck.NilCheck => "nil check",
        RuntimeCheck.BoundsCheck => "bounds check",
        RuntimeCheck.DivideCheck => "divide check",
        RuntimeCheck.ShiftCheck => "shift check",
        RuntimeCheck.TypeAssertion => "type assertion",
        RuntimeCheck.Panic => "panic",
        RuntimeCheck.RaceDetector => "race detector",
        _ => "",
    };

    public static string Of(Safepoint safepoint) => safepoint switch
    {
        Safepoint.Safe => "safe",
        Safepoint.Unsafe => "unsafe",
        Safepoint.Restart => "restart",
        _ => "unknown",
    };
}

using Faultline.Binaries.Code;

namespace Faultline.Cli.MapSites;

/// <summary>A map operation with the goroutines that can come to it.</summary>
/// <param name="Call">The call.</param>
/// <param name="Statements">The go statements whose goroutines can run the function that holds it.</param>
/// <param name="FromMain">True when the main goroutine, or the start of the program, can.</param>
/// <param name="IsOnMany">True when one of the statements lies in a loop.</param>
internal sealed record MapSite(MapCallSite Call, IReadOnlyList<GoStatement> Statements, bool FromMain, bool IsOnMany)
{
    /// <summary>True for operations that change the map.</summary>
    public bool IsWrite => Call.Operation is MapOperation.Write or MapOperation.Delete or MapOperation.Clear;

    /// <summary>The function that the programmer wrote; inlined ones count.</summary>
    public string Function => Call.Frames is [var frame, ..] ? frame.Function : "";

    /// <summary>True when no function at the site belongs to the program.</summary>
    public bool IsStandard => Call.Frames.All(frame => StandardLibrary.HasFunction(frame.Function));

    /// <summary>What the goroutines start in, the main one included, without duplicates: go statements of unknown functions count by themselves.</summary>
    public IEnumerable<ulong> Entries => Statements.Select(statement => statement.Entry != 0 ? statement.Entry : statement.ReturnAddress).Concat(FromMain ? [0UL] : []).Distinct();
}

using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.GoSym;

namespace Faultline.Cli.Disassembly;

/// <summary>Which functions to show, and what of them.</summary>
/// <param name="Functions">In the order in which they are shown.</param>
/// <param name="Addresses">Instructions that were asked for by address; empty when functions were.</param>
internal sealed record ListingRequest(IEnumerable<FuncInfo> Functions, IReadOnlyList<ulong> Addresses)
{
    /// <summary>Instructions shown before and after each address; null shows whole functions.</summary>
    public int? Around { get; init; }

    /// <summary>Only calls.</summary>
    public bool OnlyCalls { get; init; }

    /// <summary>The source lines in between.</summary>
    public bool ShowsSource { get; init; }

    /// <summary>Depth of the stack and safepoints.</summary>
    public bool ShowsStack { get; init; }

    /// <summary>True when an address that was asked for lies in the instruction.</summary>
    public bool IsMarked(FunctionListing listing, int index)
    {
        foreach (ulong address in Addresses)
        {
            if (address - listing.Address(index) < (ulong)listing.Bytes(index).Length)
                return true;
        }

        return false;
    }

    /// <summary>The instructions to show, in address order.</summary>
    public IEnumerable<int> Select(FunctionListing listing)
    {
        if (Around is not { } around)
        {
            for (int index = 0; index < listing.Count; index++)
            {
                if (!OnlyCalls || listing.IsCall(index))
                    yield return index;
            }

            yield break;
        }

        int shown = -1;
        foreach (ulong address in Addresses.Order())
        {
            if (listing.IndexOf(address) is not (>= 0 and var place))
                continue;
            int last = (int)Math.Min(listing.Count - 1, place + (long)around);
            for (int index = (int)Math.Max(shown + 1L, place - (long)around); index <= last; index++)
            {
                shown = index;
                if (!OnlyCalls || listing.IsCall(index))
                    yield return index;
            }
        }
    }
}

using Faultline.Binaries.Symbols;
using Faultline.Reports.Text;

namespace Faultline.Cli.Cores;

/// <summary>A package-level variable that was named instead of an address.</summary>
internal static class CoreVariable
{
    /// <summary>Where the variable was in the process.</summary>
    /// <exception cref="UserErrorException">The binary's symbols have no variable of that name.</exception>
    public static ulong AddressOf(CoreSession core, string name)
    {
        SymbolListing listing = SymbolListing.Read(core.Dump.Binary);
        foreach (BinarySymbol symbol in listing.Symbols)
        {
            if (symbol.Kind is not (SymbolKind.Code or SymbolKind.Other) && symbol.Name == name)
                return symbol.Address + core.Dump.LoadBias;
        }

        string advice = listing.HasData ? "'faultline symbols' lists the names." : "The binary is stripped, so only addresses can be given; 'maps' shows those of maps.";
        throw new UserErrorException(ExitCode.BadData, $"there is no package-level variable '{PrintableText.Escape(name)}'. {advice}");
    }

    /// <summary>What the variable pointed to, as variables of maps and channels do.</summary>
    /// <exception cref="UserErrorException">There is no such variable, or the core lacks it.</exception>
    public static ulong TargetOf(CoreSession core, string name) =>
        core.State.Memory.TryReadUInt64(AddressOf(core, name), out ulong target)
            ? target
            : throw new UserErrorException(ExitCode.BadData, $"the memory of variable '{PrintableText.Escape(name)}' is not in the core.");
}

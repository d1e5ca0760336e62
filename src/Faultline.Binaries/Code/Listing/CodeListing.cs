using Faultline.Binaries.Code.Listing.Amd64;
using Faultline.Binaries.Code.Listing.Arm64;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Listing;

/// <summary>Disassembles functions of a Go binary. Not thread-safe.</summary>
public sealed class CodeListing
{
    private readonly GoBinary binary;
    private readonly FunctionListing? listing;

    public CodeListing(GoBinary binary, AssemblySyntax syntax = AssemblySyntax.Go)
    {
        this.binary = binary;
        SymbolNames symbols = new(binary);
        FunctionCode? code = binary.Architecture switch
        {
            "amd64" => new Amd64Code(binary, symbols, syntax),
            "arm64" when syntax == AssemblySyntax.Go => new Arm64Code(binary, symbols),
            _ => null,
        };
        listing = code is null ? null : new FunctionListing(binary, code, symbols);
    }

    /// <summary>False for an architecture that cannot be disassembled, or not in this syntax.</summary>
    public bool IsReadable => listing is not null;

    /// <summary>True when an instruction is a little-endian word, which people read as a number.</summary>
    public bool HasWords => binary.Architecture == "arm64";

    /// <summary>The instructions of a function, without what pads it. The result is used again by the next call.</summary>
    /// <exception cref="InvalidOperationException">The code is not readable (<see cref="IsReadable"/>).</exception>
    public FunctionListing Read(FuncInfo function)
    {
        if (listing is null)
            throw new InvalidOperationException($"no disassembler for {binary.Architecture}");
        listing.Load(function);
        return listing;
    }

    /// <summary>
    /// The instruction that holds an address, with up to so many before and after it in its function, in address order; empty when no function
    /// holds it or the code is not readable. Pass a return address less one.
    /// </summary>
    public IReadOnlyList<ListedInstruction> Around(ulong address, int before, int after)
    {
        if (!IsReadable || !binary.TryFindFunction(address, out FuncInfo function))
            return [];
        FunctionListing all = Read(function);
        int index = all.IndexOf(address);
        if (index < 0)
            return [];
        List<ListedInstruction> found = [];
        for (int at = Math.Max(0, index - before); at < all.Count && at <= index + after; at++)
            found.Add(all.Describe(at));
        return found;
    }
}

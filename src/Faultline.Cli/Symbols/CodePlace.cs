using Faultline.Binaries;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Symbols;
using Faultline.Cli.Symbolizing;
using Faultline.Reports.Text;

namespace Faultline.Cli.Symbols;

/// <summary>A place in the code that the user named.</summary>
/// <param name="Functions">The functions of that name, or those that hold the addresses.</param>
/// <param name="Addresses">What was asked for by address or line; empty when functions were.</param>
internal sealed record CodePlace(IReadOnlyList<FuncInfo> Functions, IReadOnlyList<ulong> Addresses)
{
    private const int SuggestionLimit = 5;

    /// <exception cref="UserErrorException">There is no such place.</exception>
    public static CodePlace Find(GoBinary binary, string place)
    {
        if (binary.Functions.Count == 0)
            throw new UserErrorException(ExitCode.BadData, "the binary has no Go functions: see 'faultline info' for what is missing.");
        IReadOnlyList<FuncInfo> functions = binary.FindFunctions(place);
        if (functions.Count > 0)
            return new CodePlace(functions, []);
        List<FuncInfo> holders = [];
        List<ulong> addresses = [];
        foreach (ulong address in LocationQuery.Resolve(place, new Symbolizer(binary), loadBias: 0, out _))
        {
            if (!binary.TryFindFunction(address, out FuncInfo holder))
                throw new UserErrorException(ExitCode.BadData, $"0x{address:x} is not in the program's code, which is {Range(binary)}.");
            addresses.Add(address);
            if (!holders.Contains(holder))
                holders.Add(holder);
        }

        if (holders.Count == 0)
            throw new UserErrorException(ExitCode.BadData, $"no function, address or line is called '{PrintableText.Escape(place)}'.{Suggest(binary, place)}");
        return new CodePlace(holders, addresses);
    }

    private static string Range(GoBinary binary) => $"0x{binary.Functions[0].Entry:x} to 0x{binary.Functions[^1].End:x}";

    private static string Suggest(GoBinary binary, string place)
    {
        string[] close = [.. binary.Functions.Select(function => function.Name).Where(name => name.Contains(place, StringComparison.OrdinalIgnoreCase)).Take(SuggestionLimit)];
        return close.Length == 0 ? $" 'faultline symbols {PrintableText.Escape(binary.Path)}' lists the names." : $" Did you mean: {string.Join(", ", close.Select(PrintableText.Escape))}?";
    }
}

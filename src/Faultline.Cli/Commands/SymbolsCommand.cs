using System.CommandLine;
using Faultline.Binaries;
using Faultline.Binaries.Symbols;
using Faultline.Cli.Symbols;
using Faultline.Reports.Text;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline symbols</c>: what is in a binary, how large, and what the runtime's functions stand for.</summary>
internal static class SymbolsCommand
{
    private const string Examples =
        """
        Examples:
          faultline symbols ./app --sort size --top 20
          faultline symbols ./app main.                   names that hold 'main.'
          faultline symbols ./app 'runtime.mapa*'         '*' and '?' match the whole name
          faultline symbols ./app runtime.mapaccess1_faststr --format json

        Stripped binaries show their functions; data has no names there. What each
        function of the runtime stands for: docs/symbols.md.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built." };
        Argument<string?> pattern = new("PATTERN") { Description = "Only names that hold this text; with '*' or '?' only names that match as a whole.", Arity = ArgumentArity.ZeroOrOne };
        Option<SymbolOrder> sort = DiagnoseOptions.Choice(
            "--sort", "ORDER", "'address' (default), 'size' (largest first) or 'name'.", ("address", SymbolOrder.Address), ("size", SymbolOrder.Size), ("name", SymbolOrder.Name));
        Option<long?> top = DiagnoseOptions.Number("--top", "N", "Show the first N only.");
        Option<OutputFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("symbols", "List the functions and variables of a binary with their sizes, and what the runtime's functions stand for.") { path, pattern, sort, top, format };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            using GoBinary binary = BinaryFile.Open(arguments.GetValue(path)!, debugFiles.Search(arguments, arguments.GetValue(path)!));
            SymbolSelection selection = SymbolSelection.Of(SymbolListing.Read(binary), arguments.GetValue(pattern), arguments.GetValue(sort), arguments.GetValue(top));
            if (selection.Matching == 0)
                throw new UserErrorException(ExitCode.BadData, Explain(binary, selection, arguments.GetValue(pattern)));
            if (StandardStreams.TryWrite(arguments.GetValue(format), stream => SymbolsJson.Write(binary, selection, stream), writer => SymbolsText.Write(binary, selection, writer)))
                StandardStreams.Tell(binary.Diagnostics);
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static string Explain(GoBinary binary, SymbolSelection selection, string? pattern)
    {
        if (selection.Total == 0)
            return $"'{PrintableText.Escape(binary.Path)}' has neither symbols nor a Go function table: see 'faultline info' for what it is.";
        string advice = selection.HasData ? "Without '*' or '?' the pattern may stand anywhere in the name." : "The binary is stripped: only functions have names.";
        return $"none of {selection.Total} names matches '{PrintableText.Escape(pattern ?? "")}'. {advice}";
    }
}

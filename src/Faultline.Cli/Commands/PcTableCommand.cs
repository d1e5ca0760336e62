using System.CommandLine;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Cli.Phases;
using Faultline.Cli.Symbolizing;
using Faultline.Reports.Text;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline pctable</c>: how far a map operation has come at each of its instructions.</summary>
internal static class PcTableCommand
{
    private const int SuggestionLimit = 5;

    private const string Examples =
        """
        Examples:
          faultline pctable ./app runtime.mapassign_fast64
          faultline pctable ./app 0x4103a5               only the instruction there
          faultline pctable ./app runtime.mapdelete --format json

        The flag column is about this call alone: 'set' where every way to the
        instruction has set the map's write flag and not cleared it.

        A return address points behind its call: give the address less one.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built." };
        Argument<string> place = new("FUNC|PC") { Description = "A map function of the runtime by its full name, or a hexadecimal address in one." };
        Option<OutputFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("pctable", "Show in which phase of a map operation each instruction is, and whether the write flag is set there.") { path, place, format };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            using GoBinary binary = BinaryFile.Open(arguments.GetValue(path)!, debugFiles.Search(arguments, arguments.GetValue(path)!));
            MapPhaseTable table = new(binary);
            IReadOnlyList<PcTableEntry> entries = Find(binary, table, arguments.GetValue(place)!);
            if (StandardStreams.TryWrite(arguments.GetValue(format), stream => PcTableJson.Write(binary, entries, stream), writer => PcTableText.Write(binary, entries, writer)))
                StandardStreams.Tell(binary.Diagnostics);
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static List<PcTableEntry> Find(GoBinary binary, MapPhaseTable table, string place)
    {
        if (!table.IsReadable)
        {
            throw new UserErrorException(ExitCode.BadData, binary.Architecture is "amd64" or "arm64"
                ? "the binary has no map functions that are known: see 'faultline info' for what is missing."
                : $"phases are read from amd64 and arm64 code only, and this is {binary.Architecture}.");
        }

        IReadOnlyList<FuncInfo> functions = binary.FindFunctions(place);
        ulong? address = null;
        if (functions.Count == 0 && LocationQuery.TryParseAddress(place, out ulong given))
        {
            if (!binary.TryFindFunction(given, out FuncInfo holder))
                throw new UserErrorException(ExitCode.BadData, $"0x{given:x} is not in the program's code.");
            functions = [holder];
            address = given;
        }

        if (functions.Count == 0)
            throw new UserErrorException(ExitCode.BadData, $"no function is called '{PrintableText.Escape(place)}'. {Suggest(binary, place)}");
        if (!functions.Any(MapPhaseTable.IsOperation))
            throw new UserErrorException(ExitCode.BadData, $"'{PrintableText.Escape(functions[0].Name)}' is no map operation. {Suggest(binary, "map")}");
        List<PcTableEntry> entries = [];
        foreach (FuncInfo function in functions.Where(MapPhaseTable.IsOperation))
            entries.Add(new PcTableEntry(function, address is { } only ? [.. table.At(only) is { } row ? [row] : Array.Empty<MapInstruction>()] : table.Of(function)));
        return entries;
    }

    private static string Suggest(GoBinary binary, string part)
    {
        string[] operations = [.. binary.Functions.Where(MapPhaseTable.IsOperation).Select(function => function.Name).Distinct(StringComparer.Ordinal)];
        string[] close = [.. operations.Where(name => name.Contains(part, StringComparison.OrdinalIgnoreCase))];
        return $"Map operations here: {string.Join(", ", (close.Length > 0 ? close : operations).Take(SuggestionLimit).Select(PrintableText.Escape))}.";
    }
}

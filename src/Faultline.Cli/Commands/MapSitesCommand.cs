using System.CommandLine;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Cli.MapSites;
using Faultline.Reports.Text;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline mapsites</c>: every place in the code that touches a map.</summary>
internal static class MapSitesCommand
{
    private const string Examples =
        """
        Examples:
          faultline mapsites ./app                          maps of the program, by type
          faultline mapsites ./app --type 'map[string]int'
          faultline mapsites ./app --type session           types whose name holds 'session'
          faultline mapsites ./app --func main.(*cache) --format json

        'a conflict is possible' says that goroutines with different starts come to maps of
        that type and some write. It does not say that they share one, or take no lock.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built, for amd64 or arm64." };
        Option<string?> type = new("--type") { HelpName = "TYPE", Description = "Only maps of this type, or of types whose name holds this text." };
        Option<string?> function = new("--func") { HelpName = "FUNC", Description = "Only operations in functions whose name holds this text; inlined ones count." };
        Option<bool> all = new("--all") { Description = "Types that only Go's own packages use too." };
        Option<OutputFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("mapsites", "List the map operations of a binary by map type, with the goroutines that can come to them.") { path, type, function, all, format };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            using GoBinary binary = BinaryFile.Open(arguments.GetValue(path)!, debugFiles.Search(arguments, arguments.GetValue(path)!));
            ProgramCode code = new(binary);
            if (!code.IsAvailable)
                throw new UserErrorException(ExitCode.BadData, Explain(binary));
            MapSiteListing listing = MapSiteListing.Read(code, arguments.GetValue(type), arguments.GetValue(function), arguments.GetValue(all));
            if (listing.Types.Count == 0)
                throw new UserErrorException(ExitCode.BadData, Explain(listing, arguments.GetValue(type), arguments.GetValue(function)));
            if (StandardStreams.TryWrite(arguments.GetValue(format), stream => MapSitesJson.Write(binary, listing, stream), writer => MapSitesText.Write(listing, writer)))
                StandardStreams.Tell(binary.Diagnostics);
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static string Explain(GoBinary binary) => binary.Functions.Count == 0
        ? "the binary has no Go functions: see 'faultline info' for what is missing."
        : $"only amd64 and arm64 code is searched, and this is {binary.Architecture}.";

    private static string Explain(MapSiteListing listing, string? type, string? function)
    {
        if (listing.Total == 0)
            return "the program has no map operations.";
        if (type is null && function is null)
            return $"only Go's own packages use maps here, at {listing.Total} places: --all shows them.";
        string asked = string.Join(" and ", ((string[])[type is null ? "" : $"type '{PrintableText.Escape(type)}'", function is null ? "" : $"function '{PrintableText.Escape(function)}'"]).Where(part => part.Length > 0));
        return $"none of {listing.Total} map operations matches {asked}: 'faultline mapsites BINARY --all' lists all.";
    }
}

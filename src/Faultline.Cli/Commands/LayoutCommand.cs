using System.CommandLine;
using System.Numerics;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Layouts;
using Faultline.Cli.Layouts;
using Faultline.Diagnosis.Sharing;
using Faultline.Reports.Text;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline layout</c>: how struct types lie in memory, and what shares a cache line.</summary>
internal static class LayoutCommand
{
    private const int SuggestionLimit = 5;
    private const int DefaultLine = 64;
    private const int SmallestLine = 16;
    private const int LargestLine = 4096;

    private const string Examples =
        """
        Examples:
          faultline layout ./app main.counters
          faultline layout ./app counters --expand          the end of a name will do
          faultline layout ./app 'main.pair[int,string]' --cache-line 128
          faultline layout ./app --all --top 20             most padding first
          faultline layout ./app main. --all --format json  names that hold 'main.'
          faultline layout ./app --false-sharing --seen-in mem.perf.data
                                              lines that threads shared in a recording

        Lines are counted from the start of the struct; where objects start in the
        lines of the machine is said below the fields. See docs/layout.md.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built." };
        Argument<string?> type = new("TYPE")
        {
            Description = "A struct type as in Go source, such as 'main.counters', or the end of its name; with --all only names that hold this text, or match with '*' or '?'.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> all = new("--all") { Description = "List all struct types, most padding first." };
        Option<long?> top = DiagnoseOptions.Number("--top", "N", "With --all: show the first N only.");
        Option<bool> sharing = new("--false-sharing") { Description = "List the types of the program's own packages whose fields different goroutines can write in one line; amd64 only." };
        Option<string[]> seenIn = new("--seen-in")
        {
            Description = "With --false-sharing: a recording (of 'faultline record', 'perf mem', 'perf c2c'), a core or the id of a process in which to look for lines that different goroutines share. Can be given several times.",
            HelpName = "INPUT",
        };
        Option<bool> expand = new("--expand") { Description = "Open nested structs and the elements of arrays." };
        Option<long?> line = DiagnoseOptions.Number("--cache-line", "N", $"Bytes of a cache line, a power of two; {DefaultLine} by default.");
        Option<OutputFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("layout", "Show how a struct lies in memory: offsets, padding, cache lines, and the order in which it is smallest.") { path, type, all, top, sharing, seenIn, expand, line, format };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            string? name = arguments.GetValue(type);
            int lineSize = LineSize(arguments.GetValue(line));
            bool isList = arguments.GetValue(all) || arguments.GetValue(sharing);
            if (!isList && string.IsNullOrEmpty(name))
                throw new UserErrorException(ExitCode.Usage, "name a struct type, or give --all or --false-sharing for all of them. See 'faultline layout --help'.");
            if (!arguments.GetValue(all) && arguments.GetValue(top) is not null)
                throw new UserErrorException(ExitCode.Usage, "--top goes with --all. See 'faultline layout --help'.");
            if (arguments.GetValue(sharing) && (arguments.GetValue(all) || !string.IsNullOrEmpty(name)))
                throw new UserErrorException(ExitCode.Usage, "--false-sharing stands alone: what is known about one type is shown with it. See 'faultline layout --help'.");
            string[] inputs = arguments.GetValue(seenIn) ?? [];
            if (inputs.Length > 0 && !arguments.GetValue(sharing))
                throw new UserErrorException(ExitCode.Usage, "--seen-in goes with --false-sharing. See 'faultline layout --help'.");
            using GoBinary binary = BinaryFile.Open(arguments.GetValue(path)!, debugFiles.Search(arguments, arguments.GetValue(path)!));
            ProgramCode code = new(binary);
            LayoutCatalog catalog = new(code);
            bool isWritten = arguments.GetValue(all) ? WriteAll(binary, catalog, name, arguments.GetValue(top), lineSize, arguments.GetValue(format))
                : arguments.GetValue(sharing) ? WriteSharing(code, catalog, inputs, lineSize, arguments.GetValue(format))
                : WriteOne(View(code, Find(binary, catalog, name!), catalog, lineSize, arguments.GetValue(expand)), arguments.GetValue(format));
            if (isWritten)
                StandardStreams.Tell(binary.Diagnostics);
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static LayoutView View(ProgramCode code, StructShape shape, LayoutCatalog catalog, int lineSize, bool isExpanded)
    {
        bool isOfProgram = !StandardLibrary.HasFunction(shape.Name);
        return new LayoutView(code.Binary, shape, lineSize, isExpanded)
        {
            Channel = shape.Name is "runtime.hchan" ? ChannelPicture.Draw(code, shape) : [],
            HasSharing = isOfProgram && code.IsFollowed,
            Sharing = isOfProgram ? new SharingFinder(code, catalog, lineSize).Find(shape) : null,
        };
    }

    private static bool WriteSharing(ProgramCode code, LayoutCatalog catalog, string[] inputs, int lineSize, OutputFormat format)
    {
        if (catalog.BestOrigin is null)
            throw NoTypes(code.Binary);
        if (!code.IsFollowed && inputs.Length == 0)
            throw new UserErrorException(ExitCode.BadData, $"who writes what is read from amd64 code only, and this is {code.Binary.Architecture}.");
        IReadOnlyList<SeenSharing>? seen = inputs.Length == 0 ? null : Array.ConvertAll(inputs, input => SeenReader.Read(input, code.Binary.Path, code, catalog, lineSize));
        IReadOnlyList<FalseSharing>? found = code.IsFollowed ? new SharingFinder(code, catalog, lineSize).FindAll() : null;
        return StandardStreams.TryWrite(format, stream => SharingJson.WriteAll(code.Binary, found, seen, lineSize, stream), writer =>
        {
            foreach (SeenSharing one in seen ?? [])
                SeenText.Write(one, writer);
            if (found is not null)
                SharingText.WriteAll(found, lineSize, writer);
        });
    }

    private static bool WriteOne(LayoutView view, OutputFormat format) =>
        StandardStreams.TryWrite(format, stream => LayoutJson.Write(view, stream), writer => LayoutText.Write(view, writer));

    private static bool WriteAll(GoBinary binary, LayoutCatalog catalog, string? pattern, long? top, int lineSize, OutputFormat format)
    {
        LayoutList list = LayoutList.Of(catalog, catalog.BestOrigin ?? throw NoTypes(binary), pattern, top);
        if (list.Matching == 0)
        {
            throw new UserErrorException(ExitCode.BadData,
                $"none of {list.Total} struct types matches '{PrintableText.Escape(pattern ?? "")}'. Without '*' or '?' the pattern may stand anywhere in the name.");
        }

        return StandardStreams.TryWrite(format, stream => LayoutJson.WriteAll(binary, list, lineSize, stream), writer => LayoutText.WriteAll(list, lineSize, writer));
    }

    private static StructShape Find(GoBinary binary, LayoutCatalog catalog, string name)
    {
        if (catalog.BestOrigin is null)
            throw NoTypes(binary);
        IReadOnlyList<string> names = catalog.Matching(name);
        if (names.Count > 1)
        {
            string more = names.Count > SuggestionLimit ? $" and {names.Count - SuggestionLimit} more" : "";
            throw new UserErrorException(ExitCode.BadData,
                $"'{PrintableText.Escape(name)}' can be {string.Join(", ", names.Take(SuggestionLimit).Select(PrintableText.Escape))}{more}: give the full name.");
        }

        if (names is [{ } only] && catalog.Find(only) is { } shape)
            return shape;
        string[] close = [.. catalog.Resembling(name, SuggestionLimit).Select(PrintableText.Escape)];
        string advice = close.Length > 0
            ? $"Did you mean {string.Join(", ", close)}?"
            : $"'faultline layout {PrintableText.Escape(binary.Path)} --all' lists them.";
        throw new UserErrorException(ExitCode.BadData, $"no struct type is called '{PrintableText.Escape(name)}'. {advice}");
    }

    private static int LineSize(long? given)
    {
        if (given is not { } size)
            return DefaultLine;
        return size is >= SmallestLine and <= LargestLine && BitOperations.IsPow2(size)
            ? (int)size
            : throw new UserErrorException(ExitCode.Usage, $"--cache-line wants a power of two from {SmallestLine} to {LargestLine}, not {size}. See 'faultline layout --help'.");
    }

    private static UserErrorException NoTypes(GoBinary binary) => new(ExitCode.BadData,
        $"'{PrintableText.Escape(binary.Path)}' has no struct types that can be read: neither DWARF nor Go's type descriptors. See 'faultline info' for what it is.");
}

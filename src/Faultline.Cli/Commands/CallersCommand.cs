using System.CommandLine;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Calling;
using Faultline.Cli.Calling;
using Faultline.Cli.Symbols;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline callers</c>: how goroutines get to a function.</summary>
internal static class CallersCommand
{
    private const int DefaultTop = 10;

    private const string Examples =
        """
        Examples:
          faultline callers ./app main.(*cache).put          from where goroutines start
          faultline callers ./app runtime.mapassign_fast64 --depth 1   only who calls it
          faultline callers ./app 0x4103a5 --from main.worker
          faultline callers ./app main.save --format dot | dot -Tsvg > paths.svg

        Paths are found in the machine code alone. A step says how it is known: a call of one
        function is proven; a call through an interface or of a func value is one of a set. A
        path can be impossible at run time, and what reflection calls is not found.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built, for amd64 or arm64." };
        Argument<string> place = new("FUNC|PC") { Description = "A function by its full name, or what lies in one: an address ('0x4103a5', 'main.work+0x45'), a line ('server.go:53')." };
        Option<string?> from = new("--from") { HelpName = "FUNC", Description = "Only paths that start in this function." };
        Option<long?> depth = DiagnoseOptions.Number("--depth", "N", "Only paths of at most N steps; 1 shows the callers alone.");
        Option<long?> top = DiagnoseOptions.Number("--top", "N", "Show N paths (default 10; JSON all).");
        Option<CallersFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default), 'json', 'dot' or 'mermaid'.",
            ("text", CallersFormat.Text), ("json", CallersFormat.Json), ("dot", CallersFormat.Dot), ("mermaid", CallersFormat.Mermaid));
        Command command = new("callers", "Show how goroutines get to a function: call paths through closures, method values and interfaces.") { path, place, from, depth, top, format };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            CallersFormat asked = arguments.GetValue(format);
            long? limit = arguments.GetValue(top);
            using GoBinary binary = BinaryFile.Open(arguments.GetValue(path)!, debugFiles.Search(arguments, arguments.GetValue(path)!));
            CallersReport report = Read(binary, arguments.GetValue(place)!, arguments.GetValue(from), arguments.GetValue(depth)) with
            {
                Top = (int)Math.Min(limit ?? (asked == CallersFormat.Json ? int.MaxValue : DefaultTop), int.MaxValue),
            };
            bool isWritten = StandardStreams.TryWrite(asked == CallersFormat.Json ? OutputFormat.Json : OutputFormat.Text, stream => CallersJson.Write(report, stream), writer => Write(report, writer, asked));
            if (isWritten)
                StandardStreams.Tell(binary.Diagnostics);
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static void Write(CallersReport report, TextWriter writer, CallersFormat format)
    {
        if (format == CallersFormat.Dot)
            CallersPicture.WriteDot(report, writer);
        else if (format == CallersFormat.Mermaid)
            CallersPicture.WriteMermaid(report, writer);
        else
            CallersText.Write(report, writer);
    }

    private static CallersReport Read(GoBinary binary, string place, string? from, long? depth)
    {
        CodePlace target = CodePlace.Find(binary, place);
        CodePlace? start = from is null ? null : CodePlace.Find(binary, from);
        CallerQuery query = new([.. target.Functions.Select(function => function.Entry)], start is null ? [] : [.. start.Functions.Select(function => function.Entry)], (int)Math.Min(depth ?? int.MaxValue, int.MaxValue));
        ProgramCode code = new(binary);
        CallerSet callers = code.FindCallers(query)
            ?? throw new UserErrorException(ExitCode.BadData, $"only amd64 and arm64 code is searched, and this is {binary.Architecture}.");
        return new CallersReport(binary, target.Functions, start?.Functions, callers) { IsFollowed = code.IsFollowed };
    }
}

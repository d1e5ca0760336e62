using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Symbols;
using Faultline.Cli.Symbolizing;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline symbolize</c>: addresses to functions and lines, inlined frames included, and back.</summary>
internal static class SymbolizeCommand
{
    private const string Examples =
        """
        Examples:
          faultline symbolize ./app 0x47c3a5 main.work+0x45
          faultline symbolize ./app server.go:53         where the code of a line starts
          faultline symbolize ./app --return-addresses - < addresses
          faultline symbolize ./app --format addr2line - < addresses

        A PC is a hexadecimal address as the linker gave it, FUNC+0xOFF as tracebacks
        print it, FUNC, or FILE:LINE, where FILE is the end of a path. Without PC, or
        with '-', one is read from each line of standard input.

        The second address of a stack, and all after it, are return addresses: they
        point behind their call. --return-addresses looks up the call.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built." };
        Argument<string[]> queries = new("PC") { Arity = ArgumentArity.ZeroOrMore, Description = "What to look up; '-' reads lines from standard input." };
        Option<SymbolFormat> format = DiagnoseOptions.Choice(
            "--format",
            "FORMAT",
            "'text' (default) for people, 'json' for programs, 'addr2line' for programs that read addr2line: a line with the function and one with the place for each frame, innermost first.",
            ("text", SymbolFormat.Text),
            ("json", SymbolFormat.Json),
            ("addr2line", SymbolFormat.Addr2line));
        Option<bool> returnAddresses = new("--return-addresses", "-r") { Description = "The PCs are return addresses: look up the call before each." };
        Option<bool> noInlines = new("--no-inlines") { Description = "With 'addr2line': two lines for each PC, as 'go tool addr2line' writes them." };
        Option<ulong> loadBias = new("--load-bias")
        {
            HelpName = "ADDRESS",
            Description = "Where a position-independent program was loaded, by its first line in /proc/PID/maps: taken off every address given.",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = ParseLoadBias,
        };
        Command command = new("symbolize", "Say which functions and lines addresses of a binary belong to, inlined calls included.") { path, queries, format, returnAddresses, noInlines, loadBias };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            using GoBinary binary = BinaryFile.Open(arguments.GetValue(path)!, debugFiles.Search(arguments, arguments.GetValue(path)!));
            try
            {
                using Stream stream = StandardStreams.OpenOutput();
                using BufferedStream buffered = new(stream, 64 * 1024);
                using StreamWriter writer = new(buffered, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024);
                using Utf8JsonWriter json = new(buffered, new JsonWriterOptions { Indented = true, NewLine = "\n" });
                SymbolOutput output = arguments.GetValue(format) switch
                {
                    SymbolFormat.Json => new JsonSymbolOutput(json, binary),
                    SymbolFormat.Addr2line => new Addr2lineOutput(writer, !arguments.GetValue(noInlines)),
                    _ => new TextSymbolOutput(writer),
                };
                Run(arguments.GetValue(queries) ?? [], new Symbolizer(binary), arguments.GetValue(loadBias), arguments.GetValue(returnAddresses), output);
                if (output is JsonSymbolOutput)
                    writer.Write('\n');
            }
            catch (IOException)
            {
                // The reader has seen enough.
                return ExitCode.Ok;
            }

            StandardStreams.Tell(binary.Diagnostics);
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static ulong ParseLoadBias(ArgumentResult result)
    {
        string given = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        if (!LocationQuery.TryParseAddress(given, out ulong address))
            result.AddError($"--load-bias wants a hexadecimal address, not '{given}'.");
        return address;
    }

    private static void Run(string[] queries, Symbolizer symbolizer, ulong loadBias, bool returnAddresses, SymbolOutput output)
    {
        if (queries is [])
            queries = ["-"];
        foreach (string query in queries)
        {
            if (query == "-")
                new QueryReader(StandardStreams.OpenInput(), Answer, output.Flush).ReadAll();
            else
                Answer(query);
        }

        output.Finish();

        void Answer(string query)
        {
            IReadOnlyList<ulong> addresses = LocationQuery.Resolve(query, symbolizer, loadBias, out bool isLine);
            foreach (ulong address in addresses)
                output.Write(query, symbolizer.Resolve(address, returnAddresses && !isLine));
            if (addresses.Count == 0)
                output.WriteUnknown(query);
        }
    }
}

using System.CommandLine;
using System.Text;
using Faultline.Binaries;
using Faultline.Cli.Symbolizing;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline info</c>: what a binary is, and what it lacks.</summary>
internal static class InfoCommand
{
    private const string Examples =
        """
        Examples:
          faultline info ./app
          faultline info ./app --format json
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built." };
        Option<OutputFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("info", "Show a binary's Go version, modules, build settings, build ids and sections, and what is missing.") { path, format };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            using GoBinary binary = BinaryFile.Open(arguments.GetValue(path)!, debugFiles.Search(arguments, arguments.GetValue(path)!));
            try
            {
                Write(binary, arguments.GetValue(format));
            }
            catch (IOException)
            {
                // The reader has seen enough.
            }

            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static void Write(GoBinary binary, OutputFormat format)
    {
        using Stream stream = StandardStreams.OpenOutput();
        using BufferedStream buffered = new(stream, 64 * 1024);
        if (format == OutputFormat.Json)
        {
            InfoJson.Write(binary, buffered);
            buffered.WriteByte((byte)'\n');
        }
        else
        {
            using StreamWriter writer = new(buffered, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            InfoText.Write(binary, writer);
        }

        buffered.Flush();
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Faultline.Binaries;
using Faultline.Capture.Machine;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline doctor</c>: what stands in the way of recordings on this machine, and what mends it.</summary>
internal static class DoctorCommand
{
    private const string Examples =
        """
        Examples:
          faultline doctor
          faultline doctor ./app
          faultline doctor --pid 4711 --format json

        Nothing is changed. Exit code 69 when something keeps recordings from working.
        """;

    public static Command Create()
    {
        Argument<string?> path = new("BINARY") { Arity = ArgumentArity.ZeroOrOne, Description = "A Go program that is to be recorded." };
        Option<int?> processId = new("--pid", "-p") { HelpName = "PID", Description = "A running process that is to be recorded." };
        Option<OutputFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("doctor", "Say what on this machine stands in the way of recordings, and the command that mends it.") { path, processId, format };
        command.SetAction(arguments => Run(arguments.GetValue(path), arguments.GetValue(processId), arguments.GetValue(format)));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Run(string? path, int? processId, OutputFormat format)
    {
        List<Check> checks = [.. Doctor.Examine()];
        if (processId is { } running)
        {
            checks.AddRange(Doctor.Examine(running));
            if (checks.TrueForAll(check => check.Id != "process" || check.Status != CheckStatus.Obstacle))
                path ??= string.Create(CultureInfo.InvariantCulture, $"/proc/{running}/exe");
        }

        if (path is not null)
        {
            using GoBinary binary = BinaryFile.Open(path, debugFiles: null);
            checks.AddRange(Doctor.Examine(binary));
        }

        try
        {
            using Stream output = StandardStreams.OpenOutput();
            if (format == OutputFormat.Json)
                WriteJson(checks, output);
            else
                output.Write(Encoding.UTF8.GetBytes(TextOf(checks)));
        }
        catch (IOException)
        {
            // The reader has seen enough.
        }

        return checks.Exists(check => check.Status == CheckStatus.Obstacle) ? ExitCode.Unavailable : ExitCode.Ok;
    }

    private static string TextOf(List<Check> checks)
    {
        StringBuilder text = new();
        foreach (Check check in checks)
        {
            text.Append(CultureInfo.InvariantCulture, $"{WordOf(check.Status),-8}  {check.Id,-17} {Reports.Text.PrintableText.Escape(check.Finding)}\n");
            if (check.Remedy.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"{"",-28}{(check.Status == CheckStatus.Ok ? "use" : "mend")}: {check.Remedy}\n");
        }

        int obstacles = checks.Count(check => check.Status == CheckStatus.Obstacle);
        text.Append(obstacles == 0
            ? "\nNothing stands in the way of recordings.\n"
            : string.Create(CultureInfo.InvariantCulture, $"\n{obstacles} {(obstacles == 1 ? "obstacle" : "obstacles")} to recordings.\n"));
        return text.ToString();
    }

    private static void WriteJson(List<Check> checks, Stream output)
    {
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("schema", "faultline-doctor/1");
            json.WriteStartArray("checks");
            foreach (Check check in checks)
            {
                json.WriteStartObject();
                json.WriteString("id", check.Id);
                json.WriteString("status", WordOf(check.Status));
                json.WriteString("finding", check.Finding);
                json.WriteString("remedy", check.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static string WordOf(CheckStatus status) => status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Warning => "warning",
        _ => "obstacle",
    };
}

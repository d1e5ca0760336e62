using System.CommandLine;
using System.IO.Compression;
using System.Reflection;
using Faultline.Diagnosis;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline demo</c>: diagnoses a real crash that the binary carries with it (see <c>demo/README.md</c>).</summary>
internal static class DemoCommand
{
    private const string Log = "crash.log";
    private const string Program = "maphot";
    private const string Source = "main.go";
    private const string CompiledFolder = "example.com/faultline/samples/maphot";

    private const string Examples =
        """
        Examples:
          faultline demo
          faultline demo --format json

        The crash: a Go 1.27 program, stripped, that reads a map in one goroutine
        while another writes it. Its log and its binary are unpacked to
        a temporary folder, which is removed afterwards.
        """;

    public static Command Create(DiagnoseOptions options)
    {
        Command command = new("demo", "Diagnose a real crash that comes with faultline.");
        options.AddReportOptionsTo(command);
        command.SetAction(arguments => Run(options.Sink(arguments)));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Run(ReportSink sink)
    {
        if (sink.OutputPath is not null)
            sink = sink with { OutputPath = Path.GetFullPath(sink.OutputPath) };
        string before = Environment.CurrentDirectory;
        string folder = Directory.CreateTempSubdirectory("faultline-demo-").FullName;
        try
        {
            Unpack(Log, Path.Combine(folder, Log));
            Unpack(Program, Path.Combine(folder, Program));
            Directory.CreateDirectory(Path.Combine(folder, "src"));
            Unpack(Source, Path.Combine(folder, "src", Source));

            // Relative names make the report read as if it had been asked for on the spot.
            Environment.CurrentDirectory = folder;
            using InputSet inputs = InputSet.Open([Log, Program], binaryPath: null);
            DiagnosisReport report = Diagnostician.Diagnose(new DiagnosisInputs
            {
                Logs = inputs.Logs,
                Binary = inputs.Binary,
                SourcePaths = [new(CompiledFolder, "src")],
                WantsCode = sink.WantsCode,
            });
            if (sink.Format == ReportFormat.Text && sink.OutputPath is null)
                StandardStreams.Tell("A real crash, diagnosed with 'faultline diagnose crash.log maphot':\n");
            sink.Write(WithoutFolder(report, folder));
            return ExitCode.Ok;
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Directory.Delete(folder, recursive: true);
        }
    }

    // The folder is about to go, so commands to copy must not name it.
    private static DiagnosisReport WithoutFolder(DiagnosisReport report, string folder) => report with
    {
        Incidents = [.. report.Incidents.Select(incident => incident with
        {
            Missing = [.. incident.Missing.Select(piece => piece with { Command = piece.Command.Replace(folder, "/path/to", StringComparison.Ordinal) })],
        })],
    };

    private static void Unpack(string name, string path)
    {
        using Stream packed = Assembly.GetExecutingAssembly().GetManifestResourceStream($"demo/{name}")
            ?? throw new InvalidOperationException($"the resource demo/{name} is missing from the binary");
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
        if (name == Program)
        {
            using GZipStream unpacked = new(packed, CompressionMode.Decompress);
            unpacked.CopyTo(file);
        }
        else
        {
            packed.CopyTo(file);
        }
    }
}

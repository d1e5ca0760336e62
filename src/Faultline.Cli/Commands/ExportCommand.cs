using System.CommandLine;
using System.Text;
using Faultline.Binaries;
using Faultline.Capture.Bundles;
using Faultline.Cli.Cores;
using Faultline.Cli.Export;
using Faultline.Evidence.Perf;
using Faultline.Reports.Profiles;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline export</c>: recordings and dumps in the formats of other tools.</summary>
internal static class ExportCommand
{
    private const string Examples =
        """
        Examples:
          faultline export bundle/ --as pprof -o app.pb.gz; go tool pprof -top app.pb.gz
          faultline export core.1234 --binary ./app --as pprof -o goroutines.pb.gz
          faultline export crash.log --as folded | flamegraph.pl > goroutines.svg
          faultline export perf.data --binary ./app --as perfetto -o app.json      open it in Perfetto
          faultline export bundle/ --as firefox -o app.json                        open it at profiler.firefox.com
          faultline export 4711 --as speedscope -o app.speedscope.json

        Labels in pprof: goroutine, thread, state, operation, object
        (go tool pprof -tagfocus=operation=map-write …).
        """;

    private enum ExportForm
    {
        Pprof,
        Folded,
        Speedscope,
        Firefox,
        Perfetto,
    }

    public static Command Create()
    {
        Argument<string> input = new("INPUT") { Description = "A recording (perf.data), a core, a log with a traceback, a bundle, or the id of a process; '-' is standard input." };
        Option<ExportForm?> form = DiagnoseOptions.Choice(
            "--as", "FORM", "'pprof' (for go tool pprof), 'folded' (for flame graphs), 'speedscope', 'firefox' (for the Firefox Profiler: goroutines over time), or 'perfetto' (tracks of goroutines and threads over time; recordings only).",
            ("pprof", (ExportForm?)ExportForm.Pprof), ("folded", ExportForm.Folded), ("speedscope", ExportForm.Speedscope), ("firefox", ExportForm.Firefox), ("perfetto", ExportForm.Perfetto));
        form.Required = true;
        Option<string?> output = new("--output", "-o") { HelpName = "FILE", Description = "Write to FILE instead of standard output." };
        Option<string?> binary = new("--binary", "-b") { HelpName = "PATH", Description = "The program; searched for when a core names it." };
        Option<bool> force = new("--force") { Description = "Go on with a binary of another build than the core's." };
        Command command = new("export", "Write a recording or the goroutines of a dump as a profile or time line for other tools.") { input, form, output, binary, force };
        command.SetAction(arguments => Run(
            arguments.GetValue(input)!, arguments.GetValue(form)!.Value, arguments.GetValue(output), arguments.GetValue(binary), arguments.GetValue(force)));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static int Run(string name, ExportForm form, string? output, string? binaryPath, bool force)
    {
        if (form == ExportForm.Pprof && output is null && !Console.IsOutputRedirected)
            throw new UserErrorException(ExitCode.Usage, "a profile for pprof is binary and does not go to a terminal. Give a file with -o, such as -o app.pb.gz.");
        ReportSink sink = new(ReportFormat.Text, output, ColorChoice.Never);
        using BundleInput? bundle = name != "-" && Bundle.IsBundle(name) ? BundleInput.Open(name) : null;
        if (TryOpenRecording(bundle, name) is not { } file)
        {
            if (form == ExportForm.Perfetto)
                throw new UserErrorException(ExitCode.BadData, $"'{name}' shows one moment, and --as perfetto wants a time line: a recording ('faultline record --mode sched'). For dumps: --as pprof, folded, speedscope or firefox.");
            StackProfile goroutines = ProfileSource.Of(GoroutineDump.Read(name, binaryPath, force));
            sink.Write((stream, _) => Write(goroutines, form, stream));
            return ExitCode.Ok;
        }

        using (file)
        {
            using PerfRecording recording = file.OpenRecording(bundle?.Options);
            using GoBinary? binary = (binaryPath ?? bundle?.BinaryPath) is { } path ? InputSet.OpenBinary(path) : null;
            if (form == ExportForm.Perfetto)
            {
                TimelineSource times = new(recording, binary, bundle?.Plan.LoadBias);
                sink.Write((stream, _) => times.Write(stream));
            }
            else if (form == ExportForm.Firefox)
            {
                FirefoxProfile profile = FirefoxSource.Of(recording, binary, bundle?.Plan.LoadBias);
                if (profile.IsEmpty)
                    throw NoSamples(recording);
                sink.Write((stream, _) => profile.Write(stream));
            }
            else
            {
                StackProfile profile = ProfileSource.Of(recording, binary, bundle?.Plan.LoadBias);
                if (profile.Samples.Count == 0)
                    throw NoSamples(recording);
                sink.Write((stream, _) => Write(profile, form, stream));
            }

            StandardStreams.Tell(recording.Diagnostics);
        }

        return ExitCode.Ok;
    }

    private static UserErrorException NoSamples(PerfRecording recording) => new(ExitCode.BadData, $"'{recording.Name}' has no samples.");

    /// <summary>The recording that the input is or holds; null when it is something else.</summary>
    private static InputFile? TryOpenRecording(BundleInput? bundle, string name)
    {
        if ((bundle is null ? name : bundle.Files.FirstOrDefault()) is not { } path || path == "-" || !File.Exists(path))
            return null;
        InputFile file = InputFile.Open(path);
        if (file.Kind == InputKind.Recording)
            return file;
        file.Dispose();
        return null;
    }

    private static void Write(StackProfile profile, ExportForm form, Stream stream)
    {
        switch (form)
        {
            case ExportForm.Folded:
                using (StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true))
                    FoldedWriter.Write(profile, writer);
                break;
            case ExportForm.Speedscope:
                SpeedscopeWriter.Write(profile, stream);
                break;
            case ExportForm.Firefox:
                FirefoxSource.Of(profile).Write(stream);
                break;
            default:
                PprofWriter.Write(profile, stream);
                break;
        }
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Faultline.Cli.Traces;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Reports.Graphs;
using Faultline.Reports.Json;
using Faultline.Reports.Redaction;
using Faultline.Reports.Text;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Live;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline graph</c>: who waits for whom.</summary>
internal static class GraphCommand
{
    private const string Examples =
        """
        Examples:
          faultline graph crash.log ./app              "all goroutines are asleep": who holds whom up
          faultline graph ./app core.1234              partial deadlocks too, from memory
          faultline graph 4711                         a running process, which stands still while it is read
          faultline graph bundle/ --format svg > waits.svg
          faultline graph core.1234 --format mermaid
          faultline graph dump.log ./app app.trace     and who had woken whom before, from a trace

        Circles come first, then who is stuck behind them. Who holds a lock is recorded
        nowhere: it is inferred, and marked so. A log shows addresses only as far as it
        prints them for certain; memory shows all.
        """;

    /// <summary>The values of <c>--format</c>.</summary>
    internal enum GraphFormat
    {
        Text,
        Json,
        Dot,
        Mermaid,
        Svg,
    }

    public static Command Create(DiagnoseOptions reportOptions)
    {
        Argument<string[]> inputs = new("INPUT")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "A log, a core, a bundle or the id of a process; with the program's binary for a log; an execution trace beside them or alone. '-' is standard input.",
        };
        Option<string?> binary = new("--binary", "-b") { HelpName = "PATH", Description = "The program; searched for when a core names it." };
        Option<bool> force = new("--force") { Description = "Go on with a binary of another build than the core's." };
        Option<GraphFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default), 'json', 'dot', 'mermaid', or 'svg' (needs Graphviz).",
            ("text", GraphFormat.Text), ("json", GraphFormat.Json), ("dot", GraphFormat.Dot), ("mermaid", GraphFormat.Mermaid), ("svg", GraphFormat.Svg));
        Command command = new("graph", "Show who waits for whom: circles, who is stuck behind them, who could wake whom.") { inputs, binary, force, format };
        reportOptions.AddLookTo(command);
        command.SetAction(arguments =>
        {
            (WaitGraph graph, string source) = Read(arguments.GetValue(inputs)!, arguments.GetValue(binary), arguments.GetValue(force), Caller.Shell);
            ReportSink sink = reportOptions.Sink(arguments);
            if (sink.IsRedacted)
                (graph, source) = ReportRedaction.Apply(graph, source, sink.RedactionKey);
            return Write(graph, source, arguments.GetValue(format), sink.TerminalStyle(), Caller.Shell);
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    /// <summary>Reads the graph, and what it is of.</summary>
    /// <exception cref="UserErrorException">The inputs hold none.</exception>
    public static (WaitGraph Graph, string Source) Read(string[] names, string? binaryPath, bool force, Caller caller)
    {
        if (caller.IsShell && names is [var only] && int.TryParse(only, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && !File.Exists(only))
            return (OfProcess(processId).Graph, $"process {only}");
        string[] traces = [.. names.Where(TraceFile.Is)];
        if (traces.Length > 1)
            throw new UserErrorException(ExitCode.Usage, "several execution traces are given. Give one.");
        if (traces is not [var path])
            return ReadOthers(names, binaryPath, force, caller);
        using ExecutionTrace trace = TraceFile.Open(path);
        TraceSummary summary = TraceFile.Summarize(path, trace);
        caller.TellAll(trace.Diagnostics);
        string[] others = [.. names.Where(name => name != path)];
        if (others.Length == 0)
            return (WaitGraphs.OfTrace(summary), path);
        (WaitGraph graph, string source) = ReadOthers(others, binaryPath, force, caller);
        return (WaitGraphs.WithTrace(graph, summary), source);
    }

    private static (WaitGraph Graph, string Source) ReadOthers(string[] names, string? binaryPath, bool force, Caller caller)
    {
        using InputSet inputs = InputSet.Open(names, binaryPath, force, takesStandardInput: caller.IsShell, caller: caller);
        if (inputs is { Logs.Count: 0, Cores: [{ } core, ..] })
        {
            core.RequireGoroutines();
            WaitGraph graph = WaitGraphs.OfMemory(core.State);
            caller.TellAll(core.Diagnostics);
            if (inputs.Cores.Count > 1)
                caller.Tell($"faultline: note: {inputs.Cores.Count} cores are given; '{core.Dump.Core.Path}' is shown.");
            return (graph, core.Dump.Core.Path);
        }

        DiagnosisReport report = Diagnostician.Diagnose(new DiagnosisInputs { Logs = inputs.Logs, Binary = inputs.Binary, Recordings = inputs.Recordings, Memories = inputs.Memories, MayReadSource = caller.MayOpen, WantsWaitGraphs = true });
        if (report.Incidents.Count == 0)
            throw new UserErrorException(ExitCode.BadData, NoCrash.Explain(inputs.Logs, inputs.Recordings, inputs.Builds));
        caller.TellAll(report.Diagnostics);
        if (report.Incidents.Count > 1)
            caller.Tell($"faultline: note: the inputs hold {report.Incidents.Count} crashes; the first is shown.");
        return (report.Incidents[0].WaitGraph, report.Incidents[0].Log.Source);
    }

    /// <summary>The graph of a running process, and what its program was shifted by.</summary>
    public static (WaitGraph Graph, ulong LoadBias) OfProcess(int processId)
    {
        try
        {
            using LiveProcess process = LiveProcess.Open(processId);
            RuntimeState state = RuntimeState.TryAttach(process.Binary, process.LoadBias, process.Memory, process.Threads, process.Log)
                ?? throw new UserErrorException(ExitCode.BadData, $"process {processId}: {string.Join("; ", process.Diagnostics.Select(item => $"{item.Message} ({item.Id})"))}.");
            WaitGraph graph = WaitGraphs.OfMemory(state);
            process.LetGo();
            StandardStreams.Tell(process.Diagnostics);
            return (graph, process.LoadBias);
        }
        catch (ProcessUnavailableException error)
        {
            throw new UserErrorException(error.IsMissing ? ExitCode.InputMissing : ExitCode.Unavailable, $"{error.Message.TrimEnd('.')}.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"the program of process {processId} could not be read.");
        }
    }

    /// <summary>Writes it in the form that was asked for.</summary>
    public static int Write(WaitGraph graph, string source, GraphFormat format, TextStyle style, Caller caller)
    {
        string? picture = format == GraphFormat.Svg ? Draw(graph) : null;
        try
        {
            using Stream output = caller.OpenOutput();
            if (format == GraphFormat.Json)
            {
                JsonReport.Write(graph, source, output);
                return ExitCode.Ok;
            }

            using StreamWriter writer = new(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            switch (format)
            {
                case GraphFormat.Dot:
                    GraphPicture.WriteDot(graph, writer);
                    break;
                case GraphFormat.Mermaid:
                    GraphPicture.WriteMermaid(graph, writer);
                    break;
                case GraphFormat.Svg:
                    writer.Write(picture);
                    break;
                default:
                    GraphText.Write(graph, writer, style);
                    break;
            }
        }
        catch (IOException)
        {
            // Nobody reads on.
        }

        return ExitCode.Ok;
    }

    /// <summary>Graphviz lays the graph out.</summary>
    private static string Draw(WaitGraph graph)
    {
        try
        {
            using Process dot = Process.Start(new ProcessStartInfo("dot", ["-Tsvg"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
            Task<string> picture = dot.StandardOutput.ReadToEndAsync();
            using (StreamWriter writer = new(dot.StandardInput.BaseStream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
                GraphPicture.WriteDot(graph, writer);
            string text = picture.GetAwaiter().GetResult();
            dot.WaitForExit();
            return dot.ExitCode == 0 ? text : throw new UserErrorException(ExitCode.Unavailable, "Graphviz could not draw the graph. '--format dot' prints what it was given.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.Unavailable, "Graphviz ended before it had the whole graph. '--format dot' prints what it was given.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new UserErrorException(ExitCode.Unavailable, "'svg' needs Graphviz, whose 'dot' is not installed. Install the package graphviz, or use '--format dot' or 'mermaid'.");
        }
    }
}

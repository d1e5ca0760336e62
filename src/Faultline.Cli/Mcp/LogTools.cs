using Faultline.Cli.Commands;
using Faultline.Cli.Cores;
using Faultline.Diagnosis.Waiting;
using Faultline.Reports.Text;

namespace Faultline.Cli.Mcp;

/// <summary>The tools for logs, which take cores and bundles too: what <c>diagnose</c>, <c>goroutines</c> and <c>graph</c> say.</summary>
internal static class LogTools
{
    public static AssistantTool Diagnose { get; } = new(
        "diagnose",
        "Explain a crash",
        "Explains why a Go program died: concurrent map access, deadlock, panic, nil dereference, data race. Says which goroutines collided, at which lines and instructions, on which object, how sure that is "
        + "(confirmed, probable or possible) and which facts it rests on. Start here. Give all files of one crash together; they are told apart by content.",
        [
            new("paths", ParameterKind.Paths, "Crash log, core dump, bundle or recording of faultline, the compiler's -m output, and the program's binary, in any order.") { IsRequired = true },
            AssistantTool.Binary,
            AssistantTool.Format("markdown", "text", "json"),
            AssistantTool.Force,
            AssistantTool.Start,
        ],
        "'markdown' is the shortest format",
        static (arguments, caller) => DiagnoseCommand.Run(
            arguments.Texts("paths"), arguments.Text("binary"), arguments.Flag("force"), [], failOn: null, new ReportSink(ReportOf(arguments.Word("format")), null, ColorChoice.Never) { Caller = caller }));

    public static AssistantTool Goroutines { get; } = new(
        "goroutines",
        "List goroutines",
        "Shows all goroutines of a crash log, a core or a bundle, those with equal states and stacks together, largest group first. Use it to see what the program was doing, or what leaked. "
        + "To choose or group goroutines of a core, use 'inspect' with view 'goroutines'.",
        [
            new("path", ParameterKind.Path, "A crash log, a core dump or a bundle.") { IsRequired = true },
            AssistantTool.Binary,
            AssistantTool.Format("text", "json"),
            new("match", ParameterKind.Text, "Only groups whose state, functions or files hold this text."),
            AssistantTool.Top,
            AssistantTool.Skip,
            AssistantTool.Force,
            AssistantTool.Start,
        ],
        "'match', 'top' and 'skip' choose groups",
        static (arguments, caller) => GoroutinesCommand.Run(arguments.Text("path")!, arguments.Text("binary"), caller, new CoreView
        {
            Format = AssistantTool.FormatOf(arguments),
            IsForced = arguments.Flag("force"),
            Match = arguments.Text("match"),
            Skip = arguments.Number("skip") ?? 0,
            Top = arguments.Number("top"),
        }));

    public static AssistantTool Graph { get; } = new(
        "graph",
        "Who waits for whom",
        "Draws who waits for whom at the end of a Go program: circles (deadlocks), who is stuck behind them, who could wake whom. 'text' explains, 'mermaid' and 'dot' draw, 'json' has all. "
        + "Best from a core; a log with the binary shows as much as it prints.",
        [
            new("paths", ParameterKind.Paths, "A log, a core, a bundle or an execution trace, and the program's binary.") { IsRequired = true },
            AssistantTool.Binary,
            AssistantTool.Format("mermaid", "dot", "text", "json"),
            AssistantTool.Force,
            AssistantTool.Start,
        ],
        "'text' is the shortest format",
        static (arguments, caller) =>
        {
            (WaitGraph graph, string source) = GraphCommand.Read(arguments.Texts("paths"), arguments.Text("binary"), arguments.Flag("force"), caller);
            GraphCommand.GraphFormat format = arguments.Word("format") switch
            {
                "dot" => GraphCommand.GraphFormat.Dot,
                "text" => GraphCommand.GraphFormat.Text,
                "json" => GraphCommand.GraphFormat.Json,
                _ => GraphCommand.GraphFormat.Mermaid,
            };
            GraphCommand.Write(graph, source, format, TextStyle.Plain, caller);
        });

    /// <summary>JSON tells races too: whoever asks here has no other tool for them.</summary>
    private static ReportFormat ReportOf(string name) => ReportFormat.All.First(format => format.Name == (name == "markdown" ? "md" : name)) with { TellsRaces = true };
}

using System.Globalization;
using Faultline.Binaries.Code.Calling;
using Faultline.Reports.Text;

namespace Faultline.Cli.Calling;

/// <summary>The shown paths as one graph that other programs draw. An arrow is a step; a dashed one is not proven. Where goroutines start is drawn bold, what was asked for is filled.</summary>
internal static class CallersPicture
{
    /// <summary>Lines end in <c>\n</c>. The writer stays open.</summary>
    public static void WriteDot(CallersReport report, TextWriter writer)
    {
        Parts parts = Parts.Of(report);
        writer.Write("digraph callers {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=10, shape=box];\n  edge [fontname=\"sans-serif\", fontsize=9];\n");
        for (int node = 0; node < parts.Nodes.Count; node++)
        {
            string style = parts.IsTarget(node) ? ", style=filled" : parts.IsRoot(node) ? ", penwidth=2" : "";
            writer.Write($"  {Name(node)} [label=\"{EscapeDot(parts.Nodes[node])}\"{style}];\n");
        }

        foreach ((int from, int to, CallStep step) in parts.Arrows)
            writer.Write($"  {Name(from)} -> {Name(to)} [label=\"{EscapeDot(Label(step))}\"{(step.IsProven ? "" : ", style=dashed")}];\n");
        writer.Write("}\n");
    }

    /// <summary>Lines end in <c>\n</c>. The writer stays open.</summary>
    public static void WriteMermaid(CallersReport report, TextWriter writer)
    {
        Parts parts = Parts.Of(report);
        writer.Write("flowchart LR\n");
        for (int node = 0; node < parts.Nodes.Count; node++)
        {
            string text = EscapeMermaid(parts.Nodes[node]);
            writer.Write(parts.IsTarget(node) ? $"  {Name(node)}[[\"{text}\"]]\n" : parts.IsRoot(node) ? $"  {Name(node)}([\"{text}\"])\n" : $"  {Name(node)}[\"{text}\"]\n");
        }

        foreach ((int from, int to, CallStep step) in parts.Arrows)
            writer.Write($"  {Name(from)} {(step.IsProven ? "--" : "-.")} \"{EscapeMermaid(Label(step))}\" {(step.IsProven ? "-->" : ".->")} {Name(to)}\n");
    }

    private static string Name(int node) => string.Create(CultureInfo.InvariantCulture, $"n{node}");

    private static string Label(CallStep step)
    {
        string place = StepWords.Place(step.Frames);
        string set = step.Candidates > 1 ? string.Create(CultureInfo.InvariantCulture, $"one of {step.Candidates}") : "";
        string how = step.Kind switch
        {
            CallStepKind.TailCall => "jump",
            CallStepKind.Deferred => "defer",
            CallStepKind.FunctionValue => "func value",
            CallStepKind.Interface => step.Method.Length > 0 ? PrintableText.Escape(step.Method) : "some interface",
            CallStepKind.Made => "made",
            _ => "",
        };
        return string.Join(' ', ((string[])[place, how, set]).Where(word => word.Length > 0));
    }

    private static string EscapeDot(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string EscapeMermaid(string text) => text.Replace("\"", "#quot;", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal);

    /// <summary>What is drawn: each function once, each pair of functions once.</summary>
    private sealed record Parts(IReadOnlyList<string> Nodes, IReadOnlyList<(int From, int To, CallStep Step)> Arrows, IReadOnlySet<int> Roots, IReadOnlySet<int> Targets)
    {
        public bool IsRoot(int node) => Roots.Contains(node);

        public bool IsTarget(int node) => Targets.Contains(node);

        public static Parts Of(CallersReport report)
        {
            var numbers = new Dictionary<ulong, int>();
            var names = new List<string>();
            int NumberOf(Binaries.GoSym.FuncInfo function)
            {
                if (!numbers.TryGetValue(function.Entry, out int number))
                {
                    numbers.Add(function.Entry, number = names.Count);
                    names.Add(PrintableText.Escape(function.Name));
                }

                return number;
            }

            HashSet<int> targets = [.. report.Targets.Select(NumberOf)];
            var roots = new HashSet<int>();
            var arrows = new Dictionary<(int, int), (int, int, CallStep)>();
            foreach (CallRoot root in report.Roots)
            {
                roots.Add(NumberOf(root.Function));
                foreach (CallStep step in root.Steps)
                    arrows.TryAdd((NumberOf(step.Caller), NumberOf(step.Callee)), (NumberOf(step.Caller), NumberOf(step.Callee), step));
            }

            return new Parts(names, [.. arrows.Values], roots, targets);
        }
    }
}

using Faultline.Evidence.ExecutionTraces;
using Faultline.Evidence.ExecutionTraces.Analysis;
using Faultline.Reports.Text;

namespace Faultline.Cli.Traces;

/// <summary>What pages for people have in common: sections with a cap, stacks with the user's frames.</summary>
internal sealed class TracePage(TextWriter writer, int top)
{
    private const int ShownFrames = 4;

    public int Top { get; } = top;

    public void Line(string text) => writer.Write(text + "\n");

    /// <summary>A headline and the first items; nothing at all when there is none.</summary>
    public void Section<T>(string title, IReadOnlyList<T> items, Action<T> write)
    {
        if (items.Count == 0)
            return;
        writer.Write($"\n{title}\n");
        foreach (T item in items.Take(Top))
            write(item);
        if (items.Count > Top)
            writer.Write($"  … {items.Count - Top} more (--top)\n");
    }

    /// <summary>The user's frames, innermost first; all frames when there are none of the user's.</summary>
    public void Stack(TraceStack stack)
    {
        List<TraceFrame> frames = [.. stack.Frames.Where(TraceStack.IsUser)];
        if (frames.Count == 0)
            frames = [.. stack.Frames];
        foreach (TraceFrame frame in frames.Take(ShownFrames))
            writer.Write(frame.Function.Length == 0 ? "      a function whose name is missing\n" : $"      {PrintableText.Escape(frame.Function)}  {PrintableText.Escape(frame.File)}:{frame.Line}\n");
        if (frames.Count > ShownFrames)
            writer.Write($"      … {frames.Count - ShownFrames} outer frames\n");
    }

    /// <summary><c>running 1.2 s, waiting 3.4 s …</c>; states without time are left out.</summary>
    public static string States(long running, long runnable, long waiting, long syscall, long unknown)
    {
        List<string> parts = [];
        Add("running", running);
        Add("runnable", runnable);
        Add("waiting", waiting);
        Add("in system calls", syscall);
        Add("unknown", unknown);
        return parts.Count == 0 ? "no time in any state" : string.Join(", ", parts);

        void Add(string name, long time)
        {
            if (time > 0)
                parts.Add($"{name} {TraceWords.Duration(time)}");
        }
    }
}

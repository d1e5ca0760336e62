using System.Text;
using Faultline.Evidence.ExecutionTraces;

namespace Faultline.Cli.Traces;

/// <summary>Every event on a line of its own.</summary>
internal static class TraceListing
{
    public static void Write(ExecutionTrace trace, long? goroutine, Stream stream)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 64 * 1024);
        foreach (TraceEvent item in trace.Enumerate())
        {
            if (goroutine is not { } id || item.Goroutine == id || (item.TryGetTransition(out TraceTransition change) && !change.IsProc && change.Id == id))
                writer.Write(TraceEventLine.Format(item) + "\n");
        }
    }
}

using System.Text;
using Faultline.Diagnosis.Incidents;
using Faultline.Evidence.Tracebacks;
using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Memory;

/// <summary>The goroutines of a process that stands still as a crash report, so that whatever explains reports explains memory too.</summary>
internal static class MemoryReport
{
    /// <summary>Null when the goroutine is not there, or the temporary folder has no room.</summary>
    /// <param name="headline">What the fault is.</param>
    /// <param name="raiser">The goroutine that raised it.</param>
    public static CrashReport? Read(MemoryImage memory, string headline, ulong raiser)
    {
        if (!memory.State.Goroutines.TryFind(raiser, out Goroutine goroutine))
            return null;
        try
        {
            return Read(memory, headline, goroutine);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static CrashReport? Read(MemoryImage memory, string headline, Goroutine goroutine)
    {
        // A hundred thousand goroutines are a hundred megabytes.
        using var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        using (var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024, leaveOpen: true))
            MemoryTraceback.Write(memory.State, writer, headline, goroutine);
        file.Position = 0;
        return TracebackParser.Parse(file, memory.Source).Reports is [var report, ..] ? report : null;
    }

    /// <summary>The lines of that text are nobody's to look up.</summary>
    public static Incident WithoutLines(Incident incident, string source) => incident with
    {
        Log = new LogOrigin(source, Carrier: null, Stream: null),
        Evidence = [.. incident.Evidence.Select(item => item.Source == source ? item with { Line = null } : item)],
    };
}

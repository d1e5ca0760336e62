using System.Globalization;

namespace Faultline.Capture.Machine;

/// <summary>What <c>/proc</c> says of a process.</summary>
internal static class ProcessFacts
{
    private const int StateField = 3, StartTimeField = 22;

    /// <summary>Start time in clock ticks since boot; null when there is no such process.</summary>
    public static ulong? StartTicks(int processId) =>
        Field(processId, StartTimeField) is { } text && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong ticks) ? ticks : null;

    /// <summary>False for no process, and for one that has ended but was not yet collected.</summary>
    public static bool IsAlive(int processId) => Field(processId, StateField) is { } state && state is not ("Z" or "X");

    /// <summary>Command line, blanks between the arguments; empty when it cannot be read.</summary>
    public static string CommandLine(int processId)
    {
        try
        {
            using StreamReader reader = new(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cmdline"));
            return reader.ReadToEnd().TrimEnd('\0').Replace('\0', ' ');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>All process ids.</summary>
    public static IEnumerable<int> All()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int processId))
                yield return processId;
        }
    }

    // The second field, the command, is in parentheses and may hold anything; fields are counted from its end.
    private static string? Field(int processId, int field)
    {
        try
        {
            using StreamReader reader = new(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            string text = reader.ReadToEnd();
            string[] rest = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return field - StateField < rest.Length ? rest[field - StateField] : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

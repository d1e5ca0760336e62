using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Faultline.Cli;

/// <summary>
/// One line on standard error that says that a command is at work: only on a terminal, only after a second without a word. It goes as soon as anything
/// else is written.
/// </summary>
internal static class ActivityLine
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);
    private static readonly Lock s_gate = new();

    private static Timer? s_timer;
    private static string s_what = "";
    private static long s_start;
    private static bool s_isShown;

    /// <param name="what">What is at work.</param>
    public static void Start(string what)
    {
        if (Console.IsErrorRedirected)
            return;
        lock (s_gate)
        {
            (s_what, s_start) = (what, Stopwatch.GetTimestamp());
            s_timer = new Timer(_ => Show(), state: null, s_patience, s_interval);
        }
    }

    /// <summary>Clears the line; it comes back after a second of silence.</summary>
    public static void Hide()
    {
        lock (s_gate)
        {
            Clear();
            s_timer?.Change(s_patience, s_interval);
        }
    }

    /// <summary>Clears the line for good: the answer begins.</summary>
    public static void Stop()
    {
        lock (s_gate)
        {
            Clear();
            s_timer?.Dispose();
            s_timer = null;
        }
    }

    private static void Show()
    {
        lock (s_gate)
        {
            if (s_timer is null)
                return;
            Write(string.Create(CultureInfo.InvariantCulture, $"\r\e[K{s_what}: {Stopwatch.GetElapsedTime(s_start).TotalSeconds:0} s"));
            s_isShown = true;
        }
    }

    private static void Clear()
    {
        if (s_isShown)
            Write("\r\e[K");
        s_isShown = false;
    }

    private static void Write(string text)
    {
        try
        {
            using Stream error = new DescriptorStream(2, canRead: false);
            error.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // Nobody looks.
        }
    }
}

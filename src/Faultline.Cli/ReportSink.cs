using System.Globalization;
using Faultline.Diagnosis;
using Faultline.Reports.Findings;
using Faultline.Reports.Redaction;
using Faultline.Reports.Text;

namespace Faultline.Cli;

/// <summary>Where and how the report goes: standard output, or a file that appears whole or not at all.</summary>
internal sealed record ReportSink(ReportFormat Format, string? OutputPath, ColorChoice Color)
{
    // Two columns further apart than this are no longer read as one line.
    private const int MostColumns = 240;

    /// <summary>What must not leave the house is hashed.</summary>
    public bool IsRedacted { get; init; }

    /// <summary>Who asks.</summary>
    public Caller Caller { get; init; } = Caller.Shell;

    /// <summary>The key of the hashes; null for one that ends with this run.</summary>
    public string? RedactionKey { get; init; }

    /// <summary>True when the report shows instructions.</summary>
    public bool WantsCode => Format.ShowsCode && !IsRedacted;

    /// <summary>This sink, if its report can go there.</summary>
    /// <param name="isShared">Standard output is that of the program that is watched.</param>
    /// <exception cref="UserErrorException">A page would go to a terminal, or among a program's output.</exception>
    public ReportSink Checked(bool isShared = false)
    {
        if (Format != ReportFormat.Html)
            return this;
        if (OutputPath is not (null or "-"))
            return this;
        if (isShared)
            throw new UserErrorException(ExitCode.Usage, "--format html writes a page of its own, and standard output is the program's here. Say where it goes: -o report.html");
        if (!Console.IsOutputRedirected)
            throw new UserErrorException(ExitCode.Usage, "--format html is a page for a browser, not for a terminal. Say where it goes: -o report.html");
        return this;
    }

    /// <summary>False when standard output was closed by its reader, which is no error: <c>faultline … | head</c>.</summary>
    public bool Write(DiagnosisReport report) => Write(ReportSubject.Of(report), int.MaxValue);

    /// <summary>The same for crashes or races.</summary>
    /// <param name="subject">What is told.</param>
    /// <param name="mostRaces">How many pairs of lines text shows of races.</param>
    public bool Write(ReportSubject subject, int mostRaces)
    {
        ReportSubject told = IsRedacted ? ReportRedaction.Apply(subject, RedactionKey) : subject;
        string? root = IsRedacted ? null : Environment.CurrentDirectory;
        return Write((stream, style) => Format.Write(told, stream, new ReportLook(style, mostRaces, root)));
    }

    /// <summary>The same for what has formats of its own.</summary>
    public bool Write(Action<Stream, TextStyle> report)
    {
        if (OutputPath is not null and not "-")
        {
            WriteFile(OutputPath, report);
            return true;
        }

        try
        {
            using Stream output = Caller.OpenOutput();
            WriteTo(output, report, TerminalStyle());
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void WriteFile(string path, Action<Stream, TextStyle> report)
    {
        TextStyle style = TextStyle.Plain with { Color = Color == ColorChoice.Always };
        try
        {
            // A device cannot be replaced by a rename.
            if (path.StartsWith("/dev/", StringComparison.Ordinal))
            {
                using FileStream device = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                WriteTo(device, report, style);
                return;
            }

            FileInfo named = new(path);
            FileInfo target = named.LinkTarget is null ? named : named.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? named;
            string temporary = Path.Combine(target.DirectoryName!, $".{target.Name}.{Environment.ProcessId}.tmp");
            try
            {
                using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
                    WriteTo(file, report, style);
                if (target.Exists && !OperatingSystem.IsWindows())
                    File.SetUnixFileMode(temporary, File.GetUnixFileMode(target.FullName));
                File.Move(temporary, target.FullName, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (DirectoryNotFoundException)
        {
            throw new UserErrorException(ExitCode.InputMissing, $"cannot write '{path}': its folder does not exist.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"cannot write '{path}': this user may not write there, or it is a folder.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"cannot write '{path}': the file system refused (full, read-only, or a folder of that name).");
        }
    }

    private static void WriteTo(Stream stream, Action<Stream, TextStyle> report, TextStyle style)
    {
        using BufferedStream buffered = new(stream, 64 * 1024);
        report(buffered, style);
        buffered.Flush();
    }

    /// <summary>As standard output wants it.</summary>
    public TextStyle TerminalStyle()
    {
        if (!Caller.IsShell)
            return TextStyle.Plain with { Sources = false };
        bool terminal = !Console.IsOutputRedirected;
        bool color = Color switch
        {
            ColorChoice.Always => true,
            ColorChoice.Never => false,
            _ => terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"),
        };
        if (!terminal)
            return new TextStyle(TextStyle.Plain.Width, color);
        int columns = TerminalSize.Columns(1);
        return new TextStyle(Math.Clamp(columns, 60, 140), color, Links: KnowsLinks(), SideBySideWidth: columns < TextStyle.LeastSideBySideWidth ? null : Math.Min(columns, MostColumns));
    }

    /// <summary>
    /// By what terminals say of themselves that know hyperlinks; others would print them as text. FORCE_HYPERLINK says it for any other terminal, 0 for none.
    /// </summary>
    private static bool KnowsLinks()
    {
        static string Read(string name) => Environment.GetEnvironmentVariable(name) ?? "";
        if (Read("FORCE_HYPERLINK") is { Length: > 0 } forced)
            return forced != "0";
        if (Read("TERM") is "" or "dumb" || Read("TERM").StartsWith("screen", StringComparison.Ordinal) || Read("TERM").StartsWith("tmux", StringComparison.Ordinal))
            return false;
        return Read("TERM_PROGRAM") is "iTerm.app" or "WezTerm" or "vscode" or "ghostty" or "Hyper"
            || Read("KITTY_WINDOW_ID").Length > 0 || Read("WT_SESSION").Length > 0 || Read("KONSOLE_VERSION").Length > 0
            || (int.TryParse(Read("VTE_VERSION"), NumberStyles.None, CultureInfo.InvariantCulture, out int version) && version >= 5000);
    }
}

/// <summary>The values of <c>--color</c>.</summary>
internal enum ColorChoice
{
    Auto,
    Always,
    Never,
}

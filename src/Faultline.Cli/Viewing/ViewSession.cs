using System.Globalization;
using System.Text;
using Faultline.Binaries.Code.Listing;
using Faultline.Cli.Commands;
using Faultline.Cli.Cores;
using Faultline.Cli.Disassembly;
using Faultline.Cli.Mcp;
using Faultline.Diagnosis.Accesses;
using Faultline.Reports.Findings;
using Faultline.Reports.Html;

namespace Faultline.Cli.Viewing;

/// <summary>A diagnosis that is looked at: its page, and what can be asked about its files. One question at a time.</summary>
internal sealed class ViewSession
{
    private const int MostCharacters = 1 << 20;
    private const int SourceAround = 40;

    private static readonly string[] s_views = ["map", "chan", "slice", "sync", "syncmap", "who", "stack", "goroutines", "locks", "leaks"];

    private readonly Lock _gate = new();
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly string? _binary;
    private readonly string? _core;

    /// <param name="inputs">Stays open as long as the session.</param>
    /// <param name="subject">What was found in them.</param>
    public ViewSession(InputSet inputs, ReportSubject subject)
    {
        _binary = inputs.Binary?.Path;
        _core = inputs.Cores.Count > 0 ? inputs.Cores[0].Dump.Core.Path : null;
        foreach (AccessFrame frame in Frames(subject))
            _files.Add(frame.File);
        using MemoryStream page = new();
        HtmlReport.WriteServed(subject, new ServedParts(_binary is not null, _core is not null ? s_views : []), page);
        Page = page.ToArray();
    }

    /// <summary>The page, UTF-8.</summary>
    public byte[] Page { get; }

    /// <summary>The machine code of the function at an address or of a name, as <c>faultline disasm</c> prints it.</summary>
    /// <exception cref="UserErrorException">There is no such code.</exception>
    public string Disassemble(string place, CancellationToken cancellation) => Ask(caller => DisasmCommand.Run(
        _binary ?? throw new UserErrorException(ExitCode.InputMissing, "there is no binary among the inputs: give it, and its code can be shown."),
        caller.DebugFiles, place, AssemblySyntax.Go, OutputFormat.Text, caller, new ListingRequest([], [])), cancellation);

    /// <summary>Memory of the core, as <c>faultline core</c> prints it.</summary>
    /// <exception cref="UserErrorException">There is no core, or no such object in it.</exception>
    public string Inspect(string view, string target, CancellationToken cancellation)
    {
        if (!s_views.Contains(view, StringComparer.Ordinal))
            throw new UserErrorException(ExitCode.Usage, $"there is no view of that name. Those are: {string.Join(", ", s_views)}.");
        string core = _core ?? throw new UserErrorException(ExitCode.InputMissing, "there is no core among the inputs: give one, and its memory can be looked into.");
        return Ask(caller => CoreCommand.Run([.. new[] { core, _binary, view, target.Trim() }.OfType<string>().Where(word => word.Length > 0)], caller, new CoreView { HasStacks = view == "goroutines" }), cancellation);
    }

    /// <summary>The lines around one of a file that the report names.</summary>
    /// <exception cref="UserErrorException">The report does not name it, or it is not there.</exception>
    public string ReadSource(string file, int line)
    {
        if (!_files.Contains(file))
            throw new UserErrorException(ExitCode.Unavailable, "the report names no such file.");
        List<(int Number, string Text)> lines = Reports.SourceLines.Read(file, line, SourceAround);
        if (lines.Count == 0)
            throw new UserErrorException(ExitCode.InputMissing, "the file is not here, or is too short to be the one that was compiled. 'faultline view --source-path OLD=NEW' says where sources are.");
        StringBuilder text = new();
        foreach ((int number, string content) in lines)
            text.Append(CultureInfo.InvariantCulture, $"{(number == line ? '▸' : ' ')} {number,6}  {content.Replace("\t", "    ", StringComparison.Ordinal)}\n");
        return text.ToString();
    }

    private string Ask(Action<Caller> question, CancellationToken cancellation)
    {
        lock (_gate)
        {
            AnswerText answer = new(0, MostCharacters, cancellation);
            StringBuilder remarks = new();
            question(new Caller { OpenOutput = () => answer, Tell = remark => remarks.Append(remark).Append('\n'), Cancellation = cancellation });
            string cut = answer.Total > answer.Window.Length ? string.Create(CultureInfo.InvariantCulture, $"\n… cut: {answer.Total} characters in all\n") : "";
            return $"{answer.Window}{cut}{(remarks.Length > 0 ? "\n" : "")}{remarks}";
        }
    }

    private static IEnumerable<AccessFrame> Frames(ReportSubject subject)
    {
        foreach (var incident in subject.Crashes?.Incidents ?? [])
        {
            foreach (Access access in incident.Victim is { } victim ? incident.Rivals.Prepend(victim) : incident.Rivals)
            {
                foreach (AccessFrame frame in access.Frames.Append(new AccessFrame(access.Function, access.File, access.Line, null, Inlined: false, IsRuntime: false, IsExactPc: false)))
                    yield return frame;
            }

            foreach (AccessFrame frame in incident.Buckets.SelectMany(bucket => bucket.Frames))
                yield return frame;
        }

        foreach (var race in subject.Races?.Findings ?? [])
        {
            foreach (AccessFrame frame in race.Sides.SelectMany(side => side.Frames.Concat(side.CreatedFrames)))
                yield return frame;
        }
    }
}

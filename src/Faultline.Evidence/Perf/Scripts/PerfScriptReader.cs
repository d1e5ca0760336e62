using System.Text;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Perf.Headers;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Evidence.Perf.Scripts;

/// <summary>
/// Reads the text of <c>perf script</c>, with its default fields or more of them, as people paste it. Forward only, in bounded memory; text
/// that is no sample is passed over.
/// </summary>
public sealed class PerfScriptReader
{
    private const int FrameLimit = 1024;
    private const int HeadLines = 100;

    private readonly ScriptLines _lines;
    private readonly DiagnosticLog _log;
    private ScriptSample? _ahead;

    /// <param name="input">Stays open.</param>
    /// <param name="name">Path, or <c>-</c>.</param>
    public PerfScriptReader(TextReader input, string name)
    {
        _lines = new ScriptLines(input);
        _log = new DiagnosticLog(name);
    }

    /// <summary>The recorder's clock, if the text came with <c>--header</c> and the recording with <c>-k</c>; null otherwise. Known once a sample is read.</summary>
    public RecordingClock? Clock { get; private set; }

    /// <summary>Samples whose time is before the one ahead of them: pasted together from several runs.</summary>
    public long OutOfOrderCount { get; private set; }

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _log.Items;

    /// <summary>True when one of the first whole lines is a sample and all before it are comments or blank. A few kilobytes of the text are enough.</summary>
    public static bool IsPerfScript(ReadOnlySpan<byte> head)
    {
        ScriptLines lines = new(new StringReader(Encoding.UTF8.GetString(head)));
        while (lines.Number < HeadLines && lines.TryRead(out ReadOnlySpan<char> line))
        {
            if (!line.IsWhiteSpace() && !line.StartsWith('#'))
                return ScriptLine.TryParseSample(line, lines.Number) is not null;
        }

        return false;
    }

    /// <summary>Goes to the next sample; null at the end.</summary>
    public ScriptSample? Read()
    {
        ScriptSample? sample = _ahead;
        _ahead = null;
        List<ScriptFrame> frames = [];
        while (_lines.TryRead(out ReadOnlySpan<char> line))
        {
            if (line.StartsWith('#'))
            {
                NoteClock(line);
            }
            else if (ScriptLine.TryParseSample(line, _lines.Number) is { } next)
            {
                if (sample is not null)
                {
                    _ahead = next;
                    break;
                }

                sample = next;
            }
            else if (sample is not null && frames.Count < FrameLimit && char.IsWhiteSpace(line.Length > 0 ? line[0] : 'x') && ScriptLine.TryParseFrame(line, out ScriptFrame frame))
            {
                frames.Add(frame);
            }
        }

        if (_lines.CutCount > 0)
            _log.Add(PerfDiagnostics.ScriptLineTooLong, DiagnosticSeverity.Warning, offset: null, "lines longer than 64 KiB were cut");
        return sample is null ? null : Finish(sample, frames);
    }

    /// <summary>Hits of faultline's probes, in the order of the text, which is that of time. Lazy.</summary>
    public IEnumerable<ProbeEvent> EnumerateProbeEvents()
    {
        while (Read() is { } sample)
        {
            if (sample.TryReadProbe(out ProbeEvent probe))
                yield return probe;
        }
    }

    private ScriptSample Finish(ScriptSample sample, List<ScriptFrame> frames)
    {
        if (_ahead is not null && _ahead.Time < sample.Time)
            OutOfOrderCount++;
        if (frames.Count > 0)
            return sample with { Frames = frames };
        // Without a call chain the one frame follows the event's name; a tracepoint's fields do not look like one.
        return ScriptLine.TryParseFrame(sample.Text, out ScriptFrame frame) && frame.Module is not null ? sample with { Text = "", Frames = [frame] } : sample;
    }

    private void NoteClock(ReadOnlySpan<char> line)
    {
        if (ScriptLine.TryParseClock(line, out ulong wallTime, out ulong clockTime, out string name) && ClockNumber(name) is { } number)
            Clock = new RecordingClock(number, new ClockReading(number, wallTime, clockTime));
    }

    // The names that perf prints for -k.
    private static int? ClockNumber(string name) => name switch
    {
        "realtime" => 0,
        "monotonic" => 1,
        "monotonic_raw" => 4,
        "boottime" => 7,
        "tai" => 11,
        _ => null,
    };
}

using System.Text.Json;

namespace Faultline.Reports.Profiles;

/// <summary>
/// Chrome's trace event format in JSON, which Perfetto opens: a track for each goroutine and each thread. Times are given in nanoseconds and written in microseconds with three decimals,
/// from the first event on. Written as the events come, so that it may be as long as the recording.
/// </summary>
public sealed class TraceEventWriter : IDisposable
{
    private const int FlushSize = 1 << 16;
    private const int MostTracks = 1 << 17;

    private readonly Utf8JsonWriter _json;
    private readonly HashSet<(int Group, ulong Track)> _tracks = [];
    private readonly HashSet<int> _groups = [];
    private readonly ulong _start;
    private int _flows;

    /// <param name="stream">Stays open.</param>
    /// <param name="source">The input that the events are from.</param>
    /// <param name="start">Time 0, in nanoseconds.</param>
    public TraceEventWriter(Stream stream, string source, ulong start)
    {
        _json = new Utf8JsonWriter(stream);
        _start = start;
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ns");
        _json.WriteStartObject("otherData");
        _json.WriteString("tool", "faultline");
        _json.WriteString("source", source);
        _json.WriteEndObject();
        _json.WriteStartArray("traceEvents");
    }

    /// <summary>Names a group of tracks, once.</summary>
    public void NameGroup(int group, string name)
    {
        if (_groups.Add(group))
            WriteName("process_name", group, 0, name);
    }

    /// <summary>Names a track, once; beyond 131,072 tracks they stay without names.</summary>
    public void NameTrack(int group, ulong track, string name)
    {
        if (_tracks.Count < MostTracks && _tracks.Add((group, track)))
            WriteName("thread_name", group, track, name);
    }

    /// <summary>Something that lasts.</summary>
    public void Span(int group, ulong track, string name, ulong start, ulong end, params ReadOnlySpan<(string Name, string Value)> details)
    {
        Begin("X", group, track, name, start);
        _json.WritePropertyName("dur");
        WriteTime(end - start);
        Details(details);
        End();
    }

    /// <summary>Something that happens at once.</summary>
    /// <param name="isGlobal">It is marked through all tracks.</param>
    public void Instant(int group, ulong track, string name, ulong time, bool isGlobal, params ReadOnlySpan<(string Name, string Value)> details)
    {
        Begin("i", group, track, name, time);
        _json.WriteString("s", isGlobal ? "g" : "t");
        Details(details);
        End();
    }

    /// <summary>An arrow from one track to another.</summary>
    public void Flow(string name, int group, ulong from, ulong start, ulong to, ulong end)
    {
        _flows++;
        Begin("s", group, from, name, start);
        _json.WriteString("cat", "flow");
        _json.WriteNumber("id", _flows);
        End();
        Begin("f", group, to, name, end);
        _json.WriteString("cat", "flow");
        _json.WriteNumber("id", _flows);
        _json.WriteString("bp", "e");
        End();
    }

    /// <summary>Ends the document.</summary>
    public void Dispose()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Dispose();
    }

    private void WriteName(string kind, int group, ulong track, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", "M");
        _json.WriteString("name", kind);
        _json.WriteNumber("pid", group);
        _json.WriteNumber("tid", track);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Begin(string phase, int group, ulong track, string name, ulong time)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", phase);
        _json.WriteString("name", name);
        _json.WriteNumber("pid", group);
        _json.WriteNumber("tid", track);
        _json.WritePropertyName("ts");
        WriteTime(time > _start ? time - _start : 0);
    }

    private void WriteTime(ulong nanoseconds) => _json.WriteNumberValue(nanoseconds / 1000m);

    private void Details(ReadOnlySpan<(string Name, string Value)> details)
    {
        _json.WriteStartObject("args");
        foreach ((string name, string value) in details)
        {
            if (value.Length > 0)
                _json.WriteString(name, value);
        }

        _json.WriteEndObject();
    }

    private void End()
    {
        _json.WriteEndObject();
        if (_json.BytesPending > FlushSize)
            _json.Flush();
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace Faultline.Reports.Profiles;

/// <summary>A thread of a Firefox profile: the samples and markers of one track.</summary>
internal sealed class FirefoxThread(ProfileTrack track)
{
    private const int Instant = 0;
    private const int Interval = 1;

    private readonly List<Sample> _samples = [];
    private readonly List<Marker> _markers = [];

    public ProfileTrack Track => track;

    public bool HasDeath { get; private set; }

    public int Activity => _samples.Count + _markers.Count;

    public void Add(ulong time, int stack, long count) => _samples.Add(new Sample(time, stack, count));

    public void Add(in ProfileMarker marker, FirefoxTables tables)
    {
        int function = marker.Place is { Function.Length: > 0 } place ? tables.Text(place.Function) : FirefoxTables.NoText;
        int line = marker.Place is { Line: > 0 } known ? tables.Text($"{known.File}:{known.Line}") : FirefoxTables.NoText;
        _markers.Add(new Marker(marker with { Name = "", Place = null }, tables.Text(marker.Name), function, line));
        HasDeath |= marker.IsDeath;
    }

    /// <param name="start">Time 0.</param>
    public void Write(Utf8JsonWriter json, string name, string process, ulong start)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteBoolean("isMainThread", track.Goroutine == 1);
        json.WriteString("processType", "default");
        json.WriteString("processName", process);
        json.WriteString("pid", $"{track.Process}");
        json.WriteString("tid", track.Goroutine == 0 ? $"{track.Thread}" : $"{track.Process}.g{track.Goroutine}");
        json.WriteNumber("processStartupTime", 0);
        json.WriteNull("processShutdownTime");
        json.WriteNumber("registerTime", 0);
        json.WriteNull("unregisterTime");
        json.WriteStartArray("pausedRanges");
        json.WriteEndArray();
        json.WriteBoolean("showMarkersInTimeline", value: true);
        WriteSamples(json, start);
        WriteMarkers(json, start);
        json.WriteEndObject();
    }

    private void WriteSamples(Utf8JsonWriter json, ulong start)
    {
        // Records that came late are out of order, and the profiler searches by time.
        List<Sample> samples = [.. _samples.OrderBy(sample => sample.Time)];
        json.WriteStartObject("samples");
        json.WriteNumber("length", samples.Count);
        json.TimeColumn("time", samples.Select(sample => Since(start, sample.Time)));
        json.Column("stack", samples.Select(sample => sample.Stack == FirefoxTables.NoStack ? (int?)null : sample.Stack));
        json.WriteString("weightType", "samples");
        if (samples.Exists(sample => sample.Count != 1))
        {
            json.WriteStartArray("weight");
            foreach (Sample sample in samples)
                json.WriteNumberValue(sample.Count);
            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("weight");
        }

        json.WriteEndObject();
    }

    private void WriteMarkers(Utf8JsonWriter json, ulong start)
    {
        List<Marker> markers = [.. _markers.OrderBy(marker => marker.Details.Start)];
        json.WriteStartObject("markers");
        json.WriteNumber("length", markers.Count);
        json.Column("name", markers.Select(marker => marker.Name));
        json.TimeColumn("startTime", markers.Select(marker => Since(start, marker.Details.Start)));
        json.TimeColumn("endTime", markers.Select(marker => Since(start, marker.Details.End ?? marker.Details.Start)));
        json.Column("phase", markers.Select(marker => marker.Details.End is null ? Instant : Interval));
        json.Column("category", markers.Select(marker => marker.Details.IsDeath ? FirefoxTables.DeathCategory : FirefoxTables.OperationCategory));
        json.WriteStartArray("data");
        foreach (Marker marker in markers)
        {
            ProfileMarker details = marker.Details;
            json.WriteStartObject();
            json.WriteString("type", details.IsDeath ? FirefoxMarkers.Death : FirefoxMarkers.Operation);
            WriteText(json, "object", details.ObjectAddress == 0 ? "" : $"0x{details.ObjectAddress:x}");
            if (marker.Function != FirefoxTables.NoText)
                json.WriteNumber("function", marker.Function);
            if (marker.Line != FirefoxTables.NoText)
                json.WriteNumber("line", marker.Line);
            WriteText(json, "pc", details.Pc == 0 ? "" : $"0x{details.Pc:x}");
            WriteText(json, "goroutine", details.Goroutine == 0 ? "" : $"{details.Goroutine}");
            WriteText(json, "thread", details.Thread == 0 ? "" : $"{details.Thread}");
            json.WriteEndObject();
            json.FlushIfLong();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0)
            json.WriteString(name, value);
    }

    private static ulong Since(ulong start, ulong time) => time > start ? time - start : 0;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Sample(ulong Time, int Stack, long Count);

    /// <param name="Details">Without its texts.</param>
    /// <param name="Name">A text, by number, as the other two, which may be missing.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Marker(ProfileMarker Details, int Name, int Function, int Line);
}

using System.Text.Json;

namespace Faultline.Reports.Profiles;

/// <summary>
/// The Firefox Profiler's processed profile format, in the version that samply writes: the profiler brings it up to its own. Collects samples and markers in any order and writes them at the
/// end. Not thread-safe.
/// </summary>
/// <param name="source">The input that the profile is from.</param>
public sealed class FirefoxProfile(string source)
{
    private const int FormatVersion = 66;

    // The profiler has a row for each thread.
    private const int MostThreads = 1 << 12;

    // What a browser can load.
    private const int MostSamples = 1 << 22;
    private const int MostMarkers = 1 << 20;

    // Those that the profiler shows at first.
    private const int MostVisible = 16;

    /// <summary>Where samples and markers go when there are too many threads.</summary>
    private static readonly ProfileTrack s_others = new(-1, 0, 0);

    private readonly FirefoxTables _tables = new();
    private readonly Dictionary<ProfileTrack, FirefoxThread> _threads = [];
    private readonly Dictionary<int, string> _names = [];
    private int _samples;
    private int _markers;

    /// <summary>Time 0, in nanoseconds.</summary>
    public ulong Start { get; set; }

    /// <summary>The wall clock at that time; null when not known.</summary>
    public DateTimeOffset? WallClock { get; set; }

    /// <summary>Time between samples.</summary>
    public decimal IntervalMilliseconds { get; set; } = 1;

    public long DroppedCount { get; private set; }

    public bool HasOthers => _threads.ContainsKey(s_others);

    public bool IsEmpty => _threads.Count == 0;

    /// <summary>Takes a stack, which the caller then names by number.</summary>
    /// <param name="frames">Innermost first.</param>
    public int AddStack(IReadOnlyList<ProfileFrame> frames) => _tables.Stack(frames);

    /// <summary>Names a thread of the operating system; the thread that has its process's id names the process.</summary>
    public void NameThread(int thread, string name) => _names[thread] = name;

    /// <param name="leaf">Operation or state; empty when there is none.</param>
    public void AddSample(ProfileTrack track, int stack, string leaf, ulong time, long count = 1)
    {
        if (_samples == MostSamples)
        {
            DroppedCount++;
            return;
        }

        _samples++;
        ThreadOf(track).Add(time, leaf.Length == 0 ? stack : _tables.Below(stack, new ProfileFrame($"[{leaf}]", "", 0)), count);
    }

    public void AddMarker(ProfileTrack track, in ProfileMarker marker)
    {
        if (_markers == MostMarkers && !marker.IsDeath)
        {
            DroppedCount++;
            return;
        }

        _markers += marker.IsDeath ? 0 : 1;
        ThreadOf(track).Add(marker, _tables);
    }

    /// <summary>Writes the profile. The stream stays open.</summary>
    public void Write(Stream stream)
    {
        // Goroutines first, as they are numbered.
        List<FirefoxThread> threads =
        [
            .. _threads.Values.OrderBy(thread => thread.Track == s_others).ThenBy(thread => thread.Track.Process).ThenBy(thread => thread.Track.Goroutine == 0)
                .ThenBy(thread => thread.Track.Goroutine).ThenBy(thread => thread.Track.Thread),
        ];
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        WriteMeta(json, threads);
        json.WriteStartArray("libs");
        json.WriteEndArray();
        json.WriteStartArray("threads");
        foreach (FirefoxThread thread in threads)
            thread.Write(json, NameOf(thread.Track), _names.GetValueOrDefault(thread.Track.Process) ?? $"process {thread.Track.Process}", Start);
        json.WriteEndArray();
        _tables.Write(json);
        json.WriteEndObject();
    }

    private void WriteMeta(Utf8JsonWriter json, List<FirefoxThread> threads)
    {
        json.WriteStartObject("meta");
        json.WriteNumber("preprocessedProfileVersion", FormatVersion);
        json.WriteNumber("version", 24);
        json.WriteString("product", source);
        json.WriteString("importedFrom", "faultline");
        json.WriteNumber("processType", 0);
        json.WriteNumber("stackwalk", 1);
        json.WriteBoolean("debug", value: false);
        json.WriteNumber("interval", IntervalMilliseconds);
        json.WriteNumber("startTime", WallClock is { } time ? (decimal)(time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond : 0);
        json.WriteBoolean("symbolicated", value: true);
        json.WriteBoolean("usesOnlyOneStackType", value: true);
        json.WriteBoolean("sourceCodeIsNotOnSearchfox", value: true);
        json.WriteBoolean("keepProfileThreadOrder", value: true);
        WriteShownThreads(json, threads);
        FirefoxTables.WriteCategories(json);
        FirefoxMarkers.WriteSchemas(json);
        json.WriteStartObject("sampleUnits");
        json.WriteString("time", "ms");
        json.WriteString("eventDelay", "ms");
        json.WriteString("threadCPUDelta", "ns");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Where the program died, then where most happened.</summary>
    private static void WriteShownThreads(Utf8JsonWriter json, List<FirefoxThread> threads)
    {
        List<int> shown =
        [
            .. Enumerable.Range(0, threads.Count).OrderByDescending(index => threads[index].HasDeath).ThenByDescending(index => threads[index].Activity).Take(MostVisible),
        ];
        if (shown.Count == 0)
            return;
        json.Column("initialVisibleThreads", shown);
        json.Column("initialSelectedThreads", shown.Take(1));
    }

    private string NameOf(ProfileTrack track)
    {
        if (track == s_others)
            return "others";
        if (track.Goroutine != 0)
            return $"goroutine {track.Goroutine}";
        string name = _names.GetValueOrDefault(track.Thread, "");
        if (track.Thread == 0 && name.Length > 0)
            return name;
        return $"{(name.Length > 0 ? name : "thread")} {track.Thread}";
    }

    private FirefoxThread ThreadOf(ProfileTrack track)
    {
        if (_threads.TryGetValue(track, out FirefoxThread? known))
            return known;
        if (_threads.Count >= MostThreads && track != s_others)
            return ThreadOf(s_others);
        return _threads[track] = new FirefoxThread(track);
    }
}

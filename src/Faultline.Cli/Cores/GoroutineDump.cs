using System.Globalization;
using Faultline.Capture.Bundles;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Live;

namespace Faultline.Cli.Cores;

/// <summary>Goroutines with one state and stack.</summary>
/// <param name="Frames">All logical frames, innermost first.</param>
/// <param name="Ids">As many ids as are known.</param>
internal sealed record DumpBucket(string State, IReadOnlyList<(string Function, string File, int Line)> Frames, IReadOnlyList<ulong> Ids, long Count);

/// <summary>All goroutines at one moment, whatever shows them.</summary>
/// <param name="Source">The input.</param>
internal sealed record GoroutineDump(string Source, IReadOnlyList<DumpBucket> Buckets)
{
    /// <summary>How many goroutines wait where: by state and the program's own frames, which a log shows as well as memory does.</summary>
    public Dictionary<GoroutinePlace, long> CountPlaces()
    {
        Dictionary<GoroutinePlace, long> counts = [];
        foreach (DumpBucket bucket in Buckets)
        {
            GoroutinePlace place = new(bucket.State, [.. bucket.Frames.Where(frame => !GoPackage.IsRuntime(frame.Function))]);
            // The runtime's own goroutines come and go with the load.
            if (place.Frames.Count > 0)
                counts[place] = counts.GetValueOrDefault(place) + bucket.Count;
        }

        return counts;
    }

    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public static GoroutineDump Read(string name, string? binaryPath, bool force)
    {
        using BundleInput? bundle = name != "-" && Bundle.IsBundle(name) ? BundleInput.Open(name) : null;
        if ((bundle?.CorePath ?? name) is var corePath && corePath != "-" && CoreFile.IsCore(corePath))
        {
            using CoreSession core = CoreSession.Open(corePath, binaryPath ?? bundle?.BinaryPath, force);
            StandardStreams.Tell(core.Diagnostics);
            core.RequireGoroutines();
            return Of(name, core.State, core.Names);
        }

        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && !File.Exists(name))
            return OfProcess(name, processId);
        using InputSet inputs = InputSet.Open([name], binaryPath, takesStandardInput: name == "-");
        DiagnosisReport report = Diagnostician.Diagnose(new DiagnosisInputs { Logs = inputs.Logs, Binary = inputs.Binary });
        return report.Incidents is [{ } first, ..]
            ? Of(name, first)
            : throw new UserErrorException(ExitCode.BadData, NoCrash.Explain(inputs.Logs, inputs.Recordings, inputs.Builds));
    }

    private static GoroutineDump OfProcess(string name, int processId)
    {
        try
        {
            using LiveProcess process = LiveProcess.Open(processId);
            RuntimeState state = RuntimeState.TryAttach(process.Binary, process.LoadBias, process.Memory, process.Threads, process.Log)
                ?? throw new UserErrorException(ExitCode.BadData, $"process {processId}: {string.Join("; ", process.Diagnostics.Select(item => $"{item.Message} ({item.Id})"))}.");
            GoroutineDump dump = Of($"process {name}", state, new FrameNames(process.Binary, process.LoadBias));
            process.LetGo();
            StandardStreams.Tell(process.Diagnostics);
            return dump;
        }
        catch (ProcessUnavailableException error)
        {
            throw new UserErrorException(error.IsMissing ? ExitCode.InputMissing : ExitCode.Unavailable, $"{error.Message.TrimEnd('.')}.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"the program of process {processId} could not be read.");
        }
    }

    private static GoroutineDump Of(string source, RuntimeState state, FrameNames names) => new(source,
    [
        .. GoroutineBuckets.Collect(state).Select(bucket => new DumpBucket(
            bucket.State, [.. names.Show(state.Stacks.Set.Frames(bucket.Stack)).Select(frame => (frame.Function, frame.File, frame.Line))], bucket.Ids, bucket.Ids.Count)),
    ]);

    private static GoroutineDump Of(string source, Incident incident) => new(source,
    [
        .. incident.Buckets.Select(bucket => new DumpBucket(bucket.Status, [.. bucket.Frames.Select(frame => (frame.Function, frame.File, frame.Line))], [.. bucket.Goroutines.Select(id => (ulong)id)], bucket.Count)),
    ]);
}

/// <summary>Where goroutines are.</summary>
internal sealed class GoroutinePlace(string state, IReadOnlyList<(string Function, string File, int Line)> frames) : IEquatable<GoroutinePlace>
{
    public string State => state;

    /// <summary>The program's own, innermost first.</summary>
    public IReadOnlyList<(string Function, string File, int Line)> Frames => frames;

    public bool Equals(GoroutinePlace? other) => other is not null && State == other.State && Frames.SequenceEqual(other.Frames);

    public override bool Equals(object? obj) => Equals(obj as GoroutinePlace);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(State, StringComparer.Ordinal);
        foreach ((string function, _, int line) in Frames)
        {
            hash.Add(function, StringComparer.Ordinal);
            hash.Add(line);
        }

        return hash.ToHashCode();
    }
}

using Faultline.Binaries.Reading;
using Faultline.Capture.Bundles;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Recordings;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Tracepoints;

namespace Faultline.Cli;

/// <summary>A bundle among the inputs: its files, and what its manifest says of the recording.</summary>
internal sealed class BundleInput : IDisposable
{
    private readonly Bundle _bundle;

    private BundleInput(Bundle bundle) => _bundle = bundle;

    /// <summary>Recording, log and memory.</summary>
    public IEnumerable<string> Files => new[] { _bundle.PerfDataPath, _bundle.LogPath, _bundle.CorePath }.OfType<string>();

    /// <summary>Memory of the program at its fault; null when it was not kept.</summary>
    public string? CorePath => _bundle.CorePath;

    /// <summary>The program, or what stands for it; null when there is neither.</summary>
    public string? BinaryPath => _bundle.BinaryPath;

    public RecordingPlan Plan => new() { Probes = _bundle.Probes, LoadBias = _bundle.LoadBias, RingSize = _bundle.Manifest?.RingSize };

    /// <summary>The probes that fetched slice headers.</summary>
    public IReadOnlyList<SliceProbe> SliceProbes => _bundle.SliceProbes;

    /// <summary>The program's output; null when it was not recorded.</summary>
    public string? LogPath => _bundle.LogPath;

    /// <summary>Layouts of the recorded events: a recorder that was killed leaves none in its file.</summary>
    public PerfRecordingOptions Options => new()
    {
        Formats = [.. (_bundle.Manifest?.Formats ?? []).Select(Parse).OfType<TracepointFormat>()],
    };

    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public static BundleInput Open(string path)
    {
        try
        {
            return new BundleInput(Bundle.Open(path));
        }
        catch (MalformedDataException error)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{path}' is no bundle that can be read ({error.Structure}: {error.Rule}).");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.Unavailable, $"'{path}' may not be read by this user.");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{path}' could not be unpacked: it cannot be read to its end, or the temporary folder is full.");
        }
    }

    /// <summary>True for the path of its recording.</summary>
    public bool Holds(string path) => path == _bundle.PerfDataPath;

    public void Dispose() => _bundle.Dispose();

    private static TracepointFormat? Parse(BundleFormat format)
        => format?.Event.Split(':') is [var system, _] && TracepointFormat.TryParse(system, format.Text, out TracepointFormat? parsed) ? parsed : null;
}

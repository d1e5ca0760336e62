using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.Layouts;
using Faultline.Capture.Bundles;
using Faultline.Cli.Commands;
using Faultline.Cli.Cores;
using Faultline.Diagnosis.Sharing;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.Perf;
using Faultline.Runtime.Cores;

namespace Faultline.Cli.Layouts;

/// <summary>Looks for shared lines in recordings, cores and processes.</summary>
internal static class SeenReader
{
    /// <param name="name">A recording, a core or the id of a process.</param>
    /// <param name="binaryPath">The program, as it was given.</param>
    /// <param name="code">Its code.</param>
    /// <param name="catalog">Its types.</param>
    /// <param name="lineSize">Bytes of a line.</param>
    /// <exception cref="UserErrorException">The input is none of them, or cannot be read.</exception>
    public static SeenSharing Read(string name, string binaryPath, ProgramCode code, LayoutCatalog catalog, int lineSize)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && !File.Exists(name))
        {
            (WaitGraph waits, ulong loadBias) = GraphCommand.OfProcess(processId);
            return new SharedLines(code, catalog, lineSize).Of(waits, $"process {name}", loadBias);
        }

        using BundleInput? bundle = name != "-" && Bundle.IsBundle(name) ? BundleInput.Open(name) : null;
        string path = bundle is null ? name : bundle.Files.FirstOrDefault(bundle.Holds) ?? bundle.CorePath ?? name;
        if (CoreFile.IsCore(path))
        {
            using CoreSession core = CoreSession.Open(path, binaryPath, force: false);
            core.RequireGoroutines();
            WaitGraph graph = WaitGraphs.OfMemory(core.State);
            StandardStreams.Tell(core.Diagnostics);
            return new SharedLines(code, catalog, lineSize).Of(graph, path, core.Dump.LoadBias);
        }

        using InputFile file = InputFile.Open(path);
        if (file.Kind != InputKind.Recording)
            throw new UserErrorException(ExitCode.BadData, $"'{name}' is neither a recording of perf nor a core. 'faultline record --mode trace -- ./app' or 'perf mem record ./app' makes one.");
        using PerfRecording recording = file.OpenRecording(bundle?.Options);
        SeenSharing seen = new SharedLines(code, catalog, lineSize, bundle?.Plan.LoadBias).Of(recording);
        StandardStreams.Tell(recording.Diagnostics);
        return seen;
    }
}

using System.CommandLine;
using Faultline.Capture.Bundles;
using Faultline.Capture.Recording;
using Faultline.Diagnosis;

namespace Faultline.Cli.Commands;

/// <summary>What <c>record</c> says of the crash that it recorded.</summary>
internal static class RecordedCrash
{
    public static int Explain(BundleWriter bundle, RecordPlan plan, DiagnoseOptions options, ParseResult arguments)
    {
        string log = Path.Combine(bundle.Folder, BundleNames.Log);
        if (!File.Exists(log))
        {
            StandardStreams.Tell("faultline: the program's log is not part of the recording: add it with 'faultline diagnose RECORDING LOG'");
            return ExitCode.Ok;
        }

        using InputSet inputs = InputSet.Open([bundle.Folder], plan.Probes.Target.Binary.Path);
        ReportSink sink = options.Sink(arguments);
        DiagnosisReport report = Diagnostician.Diagnose(new DiagnosisInputs { Logs = inputs.Logs, Binary = inputs.Binary, Recordings = inputs.Recordings, WantsCode = sink.WantsCode });
        if (report.Incidents.Count == 0)
        {
            if (RaceCommand.TryShow(inputs, [], sink, inSchema: plan.Mode == RecordMode.Slice))
                return ExitCode.Ok;
            StandardStreams.Tell("faultline: the program did not crash");
            return ExitCode.Ok;
        }

        sink.Write(report);
        return ExitCode.Ok;
    }
}

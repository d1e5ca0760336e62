using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Crashes;

/// <summary>Programs for arm64 that really crashed, under qemu's user mode (package qemu-user-static), against their ledgers.</summary>
public sealed class Arm64CrashTests
{
    private const int Attempts = 6;

    public static TheoryData<string, string> Crashes()
    {
        TheoryData<string, string> rows = [];
        foreach (var go in new[] { RealCrash.Oldest.Name, "1.23", RealCrash.Newest.Name })
        {
            rows.Add("maphot", go);
            rows.Add("mapww", go);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public void Victim_and_writer_are_named_as_on_amd64(string sample, string go)
    {
        var binary = SampleBinary.Build(SampleProgram.Find(sample), Toolchain.TryFind(go)!, BuildMode.Arm64);
        using var run = Crash(binary, out var truth);
        var incident = Assert.Single(RealCrash.Diagnose(File.ReadAllBytes(run.LogPath), binary.Path).Incidents);

        Assert.NotNull(incident.Victim);
        Assert.Equal((truth.Victim.Goroutine, truth.Victim.Marker.Line), (incident.Victim.Goroutine, incident.Victim.Line));
        Assert.Equal(truth.Victim.Operation == LedgerOperation.Read ? AccessOperation.MapRead : AccessOperation.MapWrite, incident.Victim.Operation);
        Assert.StartsWith("map[", incident.Object?.Type, StringComparison.Ordinal);
        Assert.Contains(incident.Rivals, rival => truth.RivalLines.Contains(rival.Line));
        var first = incident.Rivals[0];
        Assert.NotEqual(Confidence.Confirmed, first.Confidence);
        if (first.Confidence == Confidence.Probable)
            Assert.Contains(truth.Rivals, rival => rival.Access.Goroutine == first.Goroutine && rival.Access.Marker.Line == first.Line);
        Assert.Contains(incident.Missing, missing => missing.Command.StartsWith("faultline record ", StringComparison.Ordinal));
    }

    /// <summary>The runtime died where it tests the flag, or where it takes its own away and finds it gone.</summary>
    [Theory]
    [MemberData(nameof(Crashes))]
    public void The_phase_is_that_of_the_fault(string sample, string go)
    {
        var binary = SampleBinary.Build(SampleProgram.Find(sample), Toolchain.TryFind(go)!, BuildMode.Arm64);
        using var run = Crash(binary, out _, traceback: "system");
        var parser = new TracebackParser("crash.log");
        parser.Write(File.ReadAllBytes(run.LogPath));
        using var program = GoBinary.Open(binary.Path);
        var incident = Assert.Single(Diagnostician.Diagnose(new DiagnosisInputs { Logs = [parser.Complete()], Binary = program, WantsCode = true }).Incidents);

        var phase = incident.Victim!.Code!.Phase;
        Assert.NotNull(phase);
        Assert.True(phase.Phases is MapPhases.Checked or MapPhases.Writing or (MapPhases.Checked | MapPhases.Entry), $"{phase}");
        Assert.Equal(phase.Phases == MapPhases.Writing ? WriteStage.Marked : WriteStage.Unmarked, phase.Flag);
    }

    /// <summary>Runs until it dies of the conflict with a ledger that tells who took part.</summary>
    private static SampleRun Crash(SampleBinary binary, out GroundTruth truth, string traceback = "all")
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var run = SampleRun.Run(binary, new SampleRunOptions { Traceback = traceback, Debug = "scheddetail=1", Wrapper = ["qemu-aarch64-static"] });
            if (run.TryFindTruth() is { } found)
            {
                truth = found;
                return run;
            }

            run.Dispose();
        }

        throw new InvalidOperationException($"{binary} did not die in {Attempts} runs");
    }
}

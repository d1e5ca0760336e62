using Faultline.Binaries.Code;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Tests.Crashes;
using Faultline.Evidence.Tracebacks;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Accesses;

/// <summary>The code of accesses in real crashes: the marked instruction calls the map, and the phase is the one in which the runtime looks for others.</summary>
public sealed class AccessCodeTests
{
    public static TheoryData<string, string> Crashes() => new()
    {
        { "maphot", RealCrash.Oldest.Name },
        { "maphot", "1.23" },
        { "maphot", RealCrash.Newest.Name },
        { "mapww", RealCrash.Newest.Name },
        { "mapdelete", RealCrash.Newest.Name },
    };

    [Theory]
    [MemberData(nameof(Crashes))]
    public void The_call_is_marked_and_the_phase_is_that_of_the_fault(string sample, string go)
    {
        var toolchain = Toolchain.TryFind(go)!;
        var incident = Assert.Single(Diagnose(sample, toolchain, wantsCode: true).Incidents);
        foreach (var access in (Access[])[incident.Victim!, .. incident.Rivals])
        {
            var code = access.Code;
            Assert.NotNull(code);
            Assert.InRange(code.Instructions.Count, 3, 5);
            var own = code.Instructions[code.OwnIndex];
            Assert.True(own.IsCall, own.Text);
            Assert.Equal(access.Pc, own.Address + (ulong)own.Bytes.Length);
            Assert.Matches(@"^CALL (runtime\.map|internal/runtime/maps\.)", own.Text);
            Assert.Contains(own.Frames, frame => frame.Line == access.Line);
        }

        // The runtime died where it tests the flag, or where it takes its own away and finds it gone.
        var phase = incident.Victim!.Code!.Phase;
        Assert.NotNull(phase);
        Assert.True(phase.Phases is MapPhases.Checked or MapPhases.Writing or (MapPhases.Checked | MapPhases.Entry), $"{phase}");
        Assert.Equal(phase.Phases == MapPhases.Writing ? WriteStage.Marked : WriteStage.Unmarked, phase.Flag);
    }

    [Fact]
    public void Nobody_pays_for_code_that_was_not_asked_for() =>
        Assert.All(Diagnose("maphot", RealCrash.Newest, wantsCode: false).Incidents, incident => Assert.Null(incident.Victim!.Code));

    private static DiagnosisReport Diagnose(string sample, Toolchain toolchain, bool wantsCode)
    {
        var parser = new TracebackParser("crash.log");
        parser.Write(RealCrash.LogOf(sample, toolchain, traceback: "system"));
        using var binary = Binaries.GoBinary.Open(RealCrash.BinaryOf(sample, toolchain));
        return Diagnostician.Diagnose(new DiagnosisInputs { Logs = [parser.Complete()], Binary = binary, WantsCode = wantsCode });
    }
}

using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Verdicts;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Crashes;

/// <summary>Deaths other than map conflicts: what killed the program, on which line, and what was done to what.</summary>
public sealed class SingleFaultTests
{
    public static TheoryData<string, string, FaultKind, AccessOperation, string, string?> Deaths()
    {
        TheoryData<string, string, FaultKind, AccessOperation, string, string?> rows = [];
        foreach (var go in new[] { RealCrash.Oldest.Name, RealCrash.Newest.Name })
        {
            rows.Add("chanclose", go, FaultKind.CloseOfClosedChannel, AccessOperation.ChanClose, "fault:close", "channel");
            rows.Add("chanclosenil", go, FaultKind.CloseOfNilChannel, AccessOperation.ChanClose, "fault:close", "channel");
            rows.Add("chansend", go, FaultKind.SendOnClosedChannel, AccessOperation.ChanSend, "fault:send", "channel");
            rows.Add("deadlock", go, FaultKind.Deadlock, AccessOperation.Other, "fault:wait", null);
            rows.Add("deferpanic", go, FaultKind.OtherPanic, AccessOperation.Other, "fault:panic", null);
            rows.Add("nilderef", go, FaultKind.NilDereference, AccessOperation.Other, "fault:deref", null);
            rows.Add("nilmapwrite", go, FaultKind.NilMapWrite, AccessOperation.MapWrite, "fault:write", "map");
            rows.Add("testtimeout", go, FaultKind.TestTimeout, AccessOperation.Lock, "fault:lock", null);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public void The_fault_and_the_line_are_named(string sample, string go, FaultKind kind, AccessOperation operation, string marker, string? objectKind)
    {
        var toolchain = Toolchain.TryFind(go)!;
        var report = RealCrash.Diagnose(RealCrash.LogOf(sample, toolchain), RealCrash.BinaryOf(sample, toolchain));

        var incident = Assert.Single(report.Incidents);
        Assert.Equal(kind, incident.Fault.Kind);
        Assert.NotNull(incident.Victim);
        Assert.Equal(SampleProgram.Find(sample).TryFindMarker(marker)!.Line, incident.Victim.Line);
        Assert.Equal(operation, incident.Victim.Operation);
        // A line inlined into a wrapper that the traceback hides has no address there.
        if (incident.Victim.Frames.Any(frame => !frame.Inlined && !frame.IsRuntime && frame.Function != "panic"))
            Assert.NotNull(incident.Victim.Pc);
        Assert.Equal(objectKind, incident.Object?.Kind);
        Assert.Empty(incident.Diagnostics);
    }

    public static TheoryData<string, string> ClosedChannels()
    {
        TheoryData<string, string> rows = [];
        foreach (var toolchain in Toolchain.All)
        {
            rows.Add("chanclose", toolchain.Name);
            rows.Add("chansend", toolchain.Name);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(ClosedChannels))]
    public void The_line_that_closed_the_channel_comes_first_and_is_only_possible(string sample, string go)
    {
        var toolchain = Toolchain.TryFind(go)!;
        var incident = Assert.Single(RealCrash.Diagnose(RealCrash.LogOf(sample, toolchain), RealCrash.BinaryOf(sample, toolchain)).Incidents);
        Assert.Equal(SampleProgram.Find(sample).TryFindMarker("cause:close")!.Line, incident.Rivals[0].Line);
        Assert.Equal(sample == "chanclose" ? 2 : 1, incident.Rivals.Count);
        Assert.All(incident.Rivals, rival => Assert.Equal((AccessOperation.ChanClose, Confidence.Possible, Rules.ClosesChannel), (rival.Operation, rival.Confidence, rival.Rule)));
        Assert.Contains("was possibly closed by a goroutine that ran", incident.Summary, StringComparison.Ordinal);
        Assert.Contains(incident.Missing, piece => piece.Command.Contains("record --probe chan", StringComparison.Ordinal));

        // Without the binary nobody knows.
        var bare = Assert.Single(RealCrash.Diagnose(RealCrash.LogOf(sample, toolchain), null).Incidents);
        Assert.Empty(bare.Rivals);
    }

    /// <summary>A deferred call runs where its function returns, so the line is not the one of the <c>defer</c> statement.</summary>
    [Theory]
    [InlineData("mutexunlock", FaultKind.UnlockOfUnlockedMutex, AccessOperation.Unlock, "mutex")]
    [InlineData("waitgroupneg", FaultKind.NegativeWaitgroupCounter, AccessOperation.Other, "waitgroup")]
    public void A_fault_in_a_deferred_call_names_the_function(string sample, FaultKind kind, AccessOperation operation, string objectKind)
    {
        foreach (var toolchain in new[] { RealCrash.Oldest, RealCrash.Newest })
        {
            // The waiter that the negative counter wakes can panic too, with a fault and a report of its own.
            var incident = Assert.Single(
                RealCrash.Diagnose(RealCrash.LogOf(sample, toolchain), RealCrash.BinaryOf(sample, toolchain)).Incidents,
                each => each.Fault.Kind == kind);
            Assert.Equal(operation, incident.Victim?.Operation);
            Assert.StartsWith("main.", incident.Victim?.Function, StringComparison.Ordinal);
            Assert.Equal(objectKind, incident.Object?.Kind);
        }
    }

    [Fact]
    public void A_write_to_a_nil_map_names_the_map_type()
    {
        var incident = Assert.Single(RealCrash.Diagnose(RealCrash.LogOf("nilmapwrite", RealCrash.Newest), RealCrash.BinaryOf("nilmapwrite", RealCrash.Newest)).Incidents);
        Assert.StartsWith("map[", incident.Object?.Type, StringComparison.Ordinal);
    }
}

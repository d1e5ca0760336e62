using System.Buffers.Binary;
using Faultline.Binaries;
using Faultline.Capture.Probes;
using Faultline.Evidence.Perf.Probes;
using Faultline.Samples;

namespace Faultline.Capture.Tests.Probes;

public sealed class ProbePlanTests
{
    private const string Swiss = "internal/runtime/maps.";

    public static TheoryData<string> Toolchains => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void Every_probe_sits_on_an_instruction_that_the_kernel_emulates(string go)
    {
        using GoBinary binary = Open("maphot", go);
        ProbePlan plan = Trace(binary);
        byte[] file = File.ReadAllBytes(binary.Path);

        Assert.True(plan.Coverage.WritesAreComplete);
        Assert.Contains(plan.Points, point => point.Kind == ProbeKind.MapWrite);
        Assert.All(plan.Points, point => Assert.True(point.IsEmulated, point.Function));
        Assert.All(plan.Points, point => Assert.True(IsEmulated(file.AsSpan((int)point.FileOffset)), $"{point.Function}: {Convert.ToHexString(file.AsSpan((int)point.FileOffset, 6))}"));
        foreach (ProbeKind end in (ProbeKind[])[ProbeKind.Fatal, ProbeKind.Throw, ProbeKind.Panic, ProbeKind.Park, ProbeKind.Exit])
            Assert.Single(plan.Points, point => point.Kind == end);
    }

    [Theory]
    [InlineData("1.23", "runtime.mapdelete_faststr runtime.mapiternext runtime.mapclear runtime.mapaccess1_faststr runtime.mapaccess2_faststr", "runtime.mapiterinit runtime.mapaccess1_fat runtime.mapaccess2_fat")]
    [InlineData("1.24", Swiss + "(*Map).Delete " + Swiss + "(*Map).Clear " + Swiss + "(*Iter).Next runtime.mapaccess1_faststr", "runtime.mapdelete runtime.mapIterStart runtime.mapIterNext runtime.mapclear runtime.mapaccess1_fat")]
    [InlineData("1.27", Swiss + "(*Map).Delete " + Swiss + "(*Map).Clone " + Swiss + "(*Iter).Next runtime.mapaccess2_faststr runtime.mapaccess2_fast64", "runtime.mapaccess1_faststr runtime.mapaccess1_fast64 runtime.mapdelete_fast64 runtime.mapIterNext")]
    public void An_operation_is_probed_where_it_passes_once(string go, string probed, string passedOver)
    {
        using GoBinary binary = Open("mapops", go);
        HashSet<string> functions = [.. Trace(binary).Points.Select(point => point.Function)];

        Assert.All(probed.Split(' '), name => Assert.Contains(name, functions));
        Assert.All(passedOver.Split(' '), name => Assert.DoesNotContain(name, functions));
        Assert.All(passedOver.Split(' '), name => Assert.NotEmpty(binary.FindFunctions(name)));
    }

    [Fact]
    public void Arguments_are_fetched_from_where_the_release_keeps_them()
    {
        using GoBinary binary = Open("mapops", "1.24");
        ProbePlan plan = Trace(binary);

        ProbePoint delete = Assert.Single(plan.Points, point => point.Function == Swiss + "(*Map).Delete");
        Assert.Equal(["goid=+160(%r14):u64", "obj=%ax:x64", "type=%bx:x64", "ret=+0(%sp):x64", "detail=+8(%bp):x64"], delete.Fetches);
        ProbePoint next = Assert.Single(plan.Points, point => point.Function == Swiss + "(*Iter).Next");
        Assert.Equal(["goid=+160(%r14):u64", "obj=+24(%ax):x64", "type=+16(%ax):x64", "ret=+0(%sp):x64", "detail=+8(%bp):x64"], next.Fetches);
        Assert.All(plan.Points, point => Assert.Equal($"p:{plan.Group}/", point.Definition(plan.Group, "/x")[..(plan.Group.Length + 3)]));
    }

    [Fact]
    public void Before_frames_were_pushed_the_return_address_lies_above_the_frame()
    {
        // Go 1.19 makes its frames without a push, so the first cheap instruction comes after the stack pointer moved.
        using GoBinary binary = Open("maphot", "1.19");
        ProbePoint write = Trace(binary).Points.First(point => point.Function == "runtime.mapassign_fast64");
        Assert.DoesNotContain("ret=+0(%sp):x64", write.Fetches);
        Assert.Contains(write.Fetches, fetch => fetch.StartsWith("ret=+", StringComparison.Ordinal) && fetch.EndsWith("(%sp):x64", StringComparison.Ordinal));
    }

    [Fact]
    public void On_arm64_the_stack_check_is_probed()
    {
        using GoBinary binary = GoBinary.Open(SampleBinary.Build(SampleProgram.Find("maphot"), Toolchain.TryFind("1.27")!, BuildMode.Arm64).Path);
        ProbePlan plan = Trace(binary);
        byte[] file = File.ReadAllBytes(binary.Path);

        ProbePoint write = Assert.Single(plan.Points, point => point.Function == "runtime.mapassign_fast64");
        Assert.Equal(["goid=+152(%x28):u64", "obj=%x1:x64", "type=%x0:x64", "ret=%x30:x64"], write.Fetches);
        Assert.Equal(0x5400_0000u, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan((int)write.FileOffset)) & 0xFF00_0010);
    }

    [Fact]
    public void Calls_of_one_type_are_probed_with_what_follows_them()
    {
        using GoBinary binary = Open("maptwins", "1.25");
        ProbePlan plan = ProbePlans.Targeted(Target(binary), "faultline_00000001", TypeOf(binary), []);
        byte[] file = File.ReadAllBytes(binary.Path);

        IReadOnlyList<ProbePoint> calls = [.. plan.Points.Where(point => point.IsCallSite && point.Kind != ProbeKind.Done)];
        Assert.True(plan.Coverage.WritesAreComplete);
        Assert.All(calls, point => Assert.Equal(0xE8, file[point.FileOffset]));
        Assert.All(calls, point => Assert.DoesNotContain(point.Fetches, fetch => fetch.StartsWith("ret=", StringComparison.Ordinal)));
        Assert.All(plan.Points.Where(point => point.Kind == ProbeKind.Done), point => Assert.True(IsEmulated(file.AsSpan((int)point.FileOffset))));
        foreach (SourceMarker marker in SampleProgram.Find("maptwins").Markers.Where(marker => marker.Role is "race"))
            Assert.Contains(calls, point => point.Place!.EndsWith($"main.go:{marker.Line}", StringComparison.Ordinal));
        Assert.Equal(plan.Points.Count, plan.Points.Select(point => point.Address).Distinct().Count());
    }

    [Fact]
    public void A_type_that_the_program_does_not_have_leaves_a_gap()
    {
        using GoBinary binary = Open("maphot", "1.25");
        ProbePlan plan = ProbePlans.Targeted(Target(binary), "faultline_00000001", "map[string]nothing", []);
        Assert.False(plan.Coverage.WritesAreComplete);
        Assert.NotEmpty(plan.Coverage.Gaps);
    }

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.23")]
    [InlineData("1.27")]
    public void Families_give_the_functions_that_the_release_has(string go)
    {
        using GoBinary binary = Open("maphandlers", go);
        ProbePlan plan = ProbePlans.Only(Target(binary), "faultline_00000001", [new ExtraProbe("chan"), new ExtraProbe("sync"), new ExtraProbe("slice"), new ExtraProbe("map"), new ExtraProbe("main.main"), new ExtraProbe("main.nothing")]);

        Assert.Contains(plan.Points, point => point.Kind == ProbeKind.ChanReceive);
        Assert.Contains(plan.Points, point => point.Kind == ProbeKind.Lock);
        Assert.Contains(plan.Points, point => point.Kind == ProbeKind.SliceGrow && point.Fetches.Contains(go == "1.19" ? "obj=%bx:x64" : "obj=%ax:x64"));
        Assert.Contains(plan.Points, point => point.Kind == ProbeKind.MapGrow);
        Assert.Contains(plan.Points, point => point is { Kind: ProbeKind.Function, Function: "main.main" });
        Assert.Contains(plan.Notes, note => note.Contains("main.nothing", StringComparison.Ordinal));
    }

    [Fact]
    public void Groups_tell_whose_they_are()
    {
        ProbeGroup own = ProbeGroup.Own();
        Assert.True(ProbeGroup.TryParse(own.Name, out ProbeGroup read));
        Assert.Equal((Environment.ProcessId, own.StartDigest), (read.ProcessId, read.StartDigest));
        Assert.True(ProbeGroup.TryParse(new ProbeGroup(4_194_303, 1023).Name, out ProbeGroup largest));
        Assert.Equal(4_194_303, largest.ProcessId);
        Assert.False(ProbeGroup.ByHand().HasRecorder);
        Assert.False(ProbeGroup.TryParse("faultline_12345678_x", out _));
        Assert.False(ProbeGroup.TryParse("faultline_1234567", out _));
        Assert.False(ProbeGroup.TryParse("sched_12345678", out _));
    }

    internal static ProbeTarget Target(GoBinary binary)
    {
        ProbeTarget? target = ProbeTarget.TryCreate(binary, binary.Path, out string refusal);
        Assert.True(target is not null, refusal);
        return target;
    }

    private static GoBinary Open(string sample, string go) => GoBinary.Open(SampleBinary.Build(SampleProgram.Find(sample), Toolchain.TryFind(go)!).Path);

    private static ProbePlan Trace(GoBinary binary) => ProbePlans.Trace(Target(binary), "faultline_00000001", []);

    private static string TypeOf(GoBinary binary)
    {
        SourceMarker race = SampleProgram.Find("maptwins").Markers.First(marker => marker.Role is "race");
        return new Binaries.Code.ProgramCode(binary).MapCallSites.First(site => site.Frames[0].Line == race.Line && site.Frames[0].File.EndsWith("maptwins/main.go", StringComparison.Ordinal)).Types[0].Name;
    }

    // arch/x86/kernel/uprobes.c: push of a register, jumps and calls by a distance, nop.
    private static bool IsEmulated(ReadOnlySpan<byte> code) =>
        code[0] is (>= 0x50 and <= 0x57) or 0xE8 or 0xE9 or 0xEB or 0x90 or (>= 0x70 and <= 0x7F)
        || (code[0] == 0x41 && code[1] is >= 0x50 and <= 0x57)
        || (code[0] == 0x0F && code[1] is >= 0x80 and <= 0x8F);
}

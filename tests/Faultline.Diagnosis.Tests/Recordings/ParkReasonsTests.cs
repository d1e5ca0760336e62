using Faultline.Diagnosis.Recordings;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Recordings;

/// <summary>The numbers of wait reasons, held to the sources of every toolchain.</summary>
public sealed class ParkReasonsTests
{
    private static readonly string[] s_ending =
    [
        "IO wait", "sleep", "select", "select (no cases)", "chan receive", "chan send", "chan receive (nil chan)", "chan send (nil chan)",
        "sync.Cond.Wait", "sync.Mutex.Lock", "sync.RWMutex.RLock", "sync.RWMutex.Lock", "sync.WaitGroup.Wait",
        "chan receive (synctest)", "chan send (synctest)", "select (synctest)",
        "chan receive (durable)", "chan send (durable)", "select (durable)", "sync.WaitGroup.Wait (durable)",
    ];

    public static TheoryData<string> Versions => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Exactly_the_reasons_that_map_code_never_has_end_an_operation(string version)
    {
        Toolchain toolchain = Toolchain.TryFind(version)!;
        string source = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(toolchain.Command))!, "src", "runtime", "runtime2.go");
        string[] reasons = [.. File.ReadLines(source).Where(IsReason).Select(line => line[(line.IndexOf("// \"", StringComparison.Ordinal) + 4)..^1])];
        Assert.True(reasons.Length > 20, $"{reasons.Length} reasons in {source}");
        Assert.Equal("", reasons[0]);
        for (int number = 0; number < 256; number++)
        {
            bool ends = number < reasons.Length && s_ending.Contains(reasons[number]);
            Assert.True(ends == ParkReasons.EndsMapOperation(toolchain.Version.Minor, (ulong)number), $"{number}: {(number < reasons.Length ? reasons[number] : "beyond the table")}");
        }
    }

    [Fact]
    public void Unknown_releases_end_nothing()
    {
        Assert.False(ParkReasons.EndsMapOperation(null, 2));
        Assert.False(ParkReasons.EndsMapOperation(18, 2));
    }

    /// <summary><c>waitReasonSleep // "sleep"</c>: a constant with its text.</summary>
    private static bool IsReason(string line)
        => line.StartsWith("\twaitReason", StringComparison.Ordinal) && line.EndsWith('"') && line.Contains("// \"", StringComparison.Ordinal);
}

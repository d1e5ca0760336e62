using Faultline.Binaries;
using Faultline.Capture.Bundles;
using Faultline.Capture.Perf;
using Faultline.Capture.Probes;
using Faultline.Capture.Recording;
using Faultline.Evidence.Perf;

namespace Faultline.Capture.Tests.Recording;

/// <summary>
/// Attaching to maps that exist only once the program runs. Whether the processor then reports a hit is another matter, and not asked here:
/// the recorder is called directly, past the doctor's refusal on machines where it does not.
/// </summary>
public sealed class WatchTests
{
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.25")]
    [InlineData("1.27")]
    public void A_program_that_collides_at_once_is_held_until_perf_has_attached(string go)
    {
        Tracing.Require();

        // On a machine with far more work than processors the recorder may not get its turn within a slice. It says so, and the next run is held.
        const int Most = 6;
        bool isHeld = false;
        for (int attempt = 0; attempt < Most && !isHeld; attempt++)
        {
            using Workplace place = new("mapww", go);
            RecordResult result = Watch(place, place.Binary);
            Assert.Equal(2, result.ExitCode);
            Assert.Empty(Tracing.ProbesOn(place.Binary));
            Assert.Contains("fatal error: concurrent map writes", File.ReadAllText(Path.Combine(place.Recording, BundleNames.Log)), StringComparison.Ordinal);
            Assert.All(result.Problems, problem => Assert.StartsWith("no write was watched: the program ended before", problem, StringComparison.Ordinal));
            isHeld = result.Problems.Count == 0;
            if (!isHeld)
                continue;
            using PerfRecording recording = PerfRecording.Open(Path.Combine(place.Recording, BundleNames.PerfData));
            Assert.Contains(recording.Events, known => known.Name.StartsWith("mem:0x", StringComparison.Ordinal));
        }

        Assert.True(isHeld);
    }

    [Fact]
    public void A_program_that_ends_before_it_has_the_map_keeps_its_exit_code_and_its_log()
    {
        Tracing.Require();
        using Workplace place = new("mapww", "1.26");
        RecordResult result = Watch(place, "sh", "-c", "echo gone >&2; exit 9");

        Assert.Equal(9, result.ExitCode);
        Assert.Contains("no write was watched: the program ended before", Assert.Single(result.Problems), StringComparison.Ordinal);
        Assert.Empty(Tracing.ProbesOn(place.Binary));
        Assert.Equal("gone\n", File.ReadAllText(Path.Combine(place.Recording, BundleNames.Log)));
    }

    private static RecordResult Watch(Workplace place, params string[] command)
    {
        using GoBinary binary = GoBinary.Open(place.Binary);
        RecordPlan plan = RecordPlans.Make(new PlanRequest
        {
            Mode = RecordMode.Watch,
            Target = ProbeTarget.TryCreate(binary, place.Binary, out string refusal) ?? throw new InvalidOperationException(refusal),
            Group = ProbeGroup.Own().Name,
            Events = KernelEvents.Find(),
            RingSize = 1 << 20,
            Watched = [WatchedMap.TryFind("main.hits", binary)!],
        });
        Directory.CreateDirectory(place.Recording);
        return Recorder.Run(new RecordRequest
        {
            Plan = plan,
            Command = command,
            Folder = place.Recording,
            ProgramPath = place.Binary,
            ErrorOutput = Stream.Null,
            Tell = _ => { },
        });
    }
}

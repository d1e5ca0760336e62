using System.Globalization;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Samples;

namespace Faultline.Capture.Tests.Recording;

/// <summary>Records a program that knows how often it performed each operation on each of its maps.</summary>
public sealed class MapCountTests
{
    public static TheoryData<string> Toolchains => [.. Toolchain.All.Where(SampleProgram.Find("mapops").Supports).Select(toolchain => toolchain.Name)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Toolchains))]
    public async Task Every_operation_is_recorded_once(string go)
    {
        Tracing.Require();
        using Workplace place = new("mapops", go);
        Outcome outcome = await place.Record("--ring", "0", "--", place.Binary);
        Assert.Equal(0, outcome.ExitCode);

        Dictionary<(ulong, ProbeKind), int> counts = [];
        HashSet<ulong> goroutines = [];
        using (PerfRecording recording = PerfRecording.Open(Path.Combine(place.Recording, "perf.data")))
        {
            foreach (ProbeEvent probe in recording.EnumerateProbeEvents())
            {
                counts[(probe.ObjectAddress, probe.Kind)] = counts.GetValueOrDefault((probe.ObjectAddress, probe.Kind)) + 1;
                if (probe.Kind == ProbeKind.MapWrite)
                    goroutines.Add(probe.Goroutine);
            }
        }

        string[] maps = [.. outcome.Output.Split('\n').Where(line => line.Contains("write=", StringComparison.Ordinal))];
        Assert.Equal(6, maps.Length);
        foreach (string line in maps)
        {
            // string 0xc000086090 read=200 write=100 …
            string[] words = line.Split(' ');
            ulong map = ulong.Parse(words[1].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            foreach (string word in words[2..])
            {
                ProbeKind kind = Enum.Parse<ProbeKind>("Map" + word[..word.IndexOf('=', StringComparison.Ordinal)], ignoreCase: true);
                int expected = int.Parse(word.AsSpan(word.IndexOf('=', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);

                // Go 1.24 clones a map by walking it, in batches that each take a step more to find their end.
                if (go == "1.24" && words[0] == "string" && kind is ProbeKind.MapIterate or ProbeKind.MapClone)
                    continue;
                Assert.True(expected == counts.GetValueOrDefault((map, kind)), $"{words[0]} {word}: recorded {counts.GetValueOrDefault((map, kind))}");
            }
        }

        Assert.DoesNotContain(0UL, goroutines);
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Faultline.Binaries;
using Faultline.Diagnosis.Tests.Crashes;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;
using Faultline.Reports.Json;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Carriers;

/// <summary>
/// Every recorded crash in every carrier gives the report of the plain log, but for the carrier's name and the line numbers, which are
/// those of the carrier's file.
/// </summary>
public sealed class CarrierZooTests(CarrierZooTests.SampleBinaries binaries) : IClassFixture<CarrierZooTests.SampleBinaries>
{
    private static readonly string s_fixtures = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "Faultline.Evidence.Tests", "Fixtures"));

    private static readonly ConcurrentDictionary<string, string> s_plain = new(StringComparer.Ordinal);

    public static TheoryData<string> Carriers => [.. Wrapping.All.Keys];

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Every_fixture_reads_the_same(string carrier)
    {
        var paths = Directory.GetFiles(s_fixtures, "*.log").Order(StringComparer.Ordinal).ToList();
        Assert.True(paths.Count > 80);
        // A program started for each file takes its time: these take every sixth.
        var step = carrier is "xz" or "zstd" or "gzip-tool" or "zstd-of-gzip-of-utf16" ? 6 : 1;
        for (var index = 0; index < paths.Count; index += step)
            Compare(File.ReadAllBytes(paths[index]), carrier, null, Path.GetFileName(paths[index]));
    }

    /// <summary>
    /// The samples that the newest toolchain builds, with their binaries. Each carrier takes every third, and the next carrier the next ones: each sample
    /// is in a third of the carriers.
    /// </summary>
    [Theory]
    [MemberData(nameof(Carriers))]
    public void Every_sample_with_its_binary_reads_the_same(string carrier)
    {
        var samples = SampleProgram.All.Where(sample => sample.Supports(RealCrash.Newest)).ToList();
        Assert.True(samples.Count > 25);
        for (var index = Wrapping.All.Keys.Order(StringComparer.Ordinal).ToList().IndexOf(carrier) % 3; index < samples.Count; index += 3)
            Compare(RealCrash.LogOf(samples[index].Name, RealCrash.Newest), carrier, binaries[samples[index].Name], samples[index].Name);
    }

    /// <summary>The samples' binaries, opened once for all carriers: reading their tables takes most of the time.</summary>
    public sealed class SampleBinaries : IDisposable
    {
        private readonly Dictionary<string, GoBinary> _binaries = new(StringComparer.Ordinal);

        internal GoBinary this[string sample] =>
            _binaries.TryGetValue(sample, out var binary) ? binary : _binaries[sample] = GoBinary.Open(RealCrash.BinaryOf(sample, RealCrash.Newest));

        public void Dispose()
        {
            foreach (var binary in _binaries.Values)
                binary.Dispose();
        }
    }

    private static void Compare(byte[] log, string carrier, GoBinary? binary, string what)
    {
        log = Encoding.UTF8.GetBytes(string.Concat(Wrapping.LinesOf(log).Select(line => line + "\n")));
        var wrapped = Wrapping.All[carrier](log);
        using var wrappedStream = new MemoryStream(wrapped.Bytes);
        var expected = JsonNode.Parse(s_plain.GetOrAdd(what, _ => PlainReport(log, binary)))!;
        var logs = LogReader.Parse(wrappedStream, "log");
        var actual = Report(logs, binary);

        foreach (var incident in expected["incidents"]!.AsArray())
        {
            foreach (var evidence in incident!["evidence"]!.AsArray())
                Move(evidence!, "line", wrapped.Lines);
            foreach (var diagnostic in incident["diagnostics"]!.AsArray())
                Move(diagnostic!, "offset", wrapped.Lines);
        }

        foreach (var diagnostic in expected["diagnostics"]!.AsArray())
        {
            if (diagnostic!["id"]!.GetValue<string>().StartsWith("TRACE", StringComparison.Ordinal))
                Move(diagnostic, "offset", wrapped.Lines);
        }

        if (carrier != "crlf" && !carrier.StartsWith("wrapped-", StringComparison.Ordinal))
            Assert.All(logs, each => Assert.True(each.Carrier is not null || each.Reports.Count == 0, what));
        foreach (var incident in expected["incidents"]!.AsArray().Concat(actual["incidents"]!.AsArray()))
        {
            incident!.AsObject().Remove("log");
            NameEvidence(incident, incident["evidence"]!.AsArray());
        }

        Assert.True(expected.ToJsonString() == actual.ToJsonString(), $"{what} in {carrier}:\n{FirstDifference(expected.ToString(), actual.ToString())}");
    }

    private static string PlainReport(byte[] log, GoBinary? binary)
    {
        using var stream = new MemoryStream(log);
        return Report([TracebackParser.Parse(stream, "log")], binary).ToJsonString();
    }

    /// <summary>
    /// Replaces the numbers of facts by what they say: equal lines that one record holds are one fact, and several of the plain log.
    /// </summary>
    private static void NameEvidence(JsonNode node, JsonArray facts)
    {
        foreach (var (name, value) in node.AsObject().ToList())
        {
            if (name == "evidence" && value is JsonArray items)
            {
                var texts = items.Select(item => item is JsonObject fact ? Describe(fact) : Describe(facts[item!.GetValue<int>() - 1]!.AsObject())).Distinct();
                if (!ReferenceEquals(items, facts))
                    node[name] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]);
            }
            else if (value is JsonObject)
            {
                NameEvidence(value, facts);
            }
            else if (value is JsonArray array)
            {
                foreach (var item in array.OfType<JsonObject>())
                    NameEvidence(item, facts);
            }
        }

        if (ReferenceEquals(node["evidence"], facts))
            node["evidence"] = new JsonArray([.. facts.Select(fact => JsonValue.Create(Describe(fact!.AsObject()))).DistinctBy(text => text.ToString())]);
    }

    private static string Describe(JsonObject fact) => $"{fact["source"]}:{fact["line"]}{fact["address"]}: {fact["text"]}";

    private static void Move(JsonNode node, string property, IReadOnlyList<long> lines)
    {
        if (node[property] is { } line)
            node[property] = lines[(int)line.GetValue<long>()];
    }

    private static JsonNode Report(IReadOnlyList<TracebackLog> logs, GoBinary? binary)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(Diagnostician.Diagnose(new DiagnosisInputs { Logs = logs, Binary = binary }), stream);
        return JsonNode.Parse(stream.ToArray())!;
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var at = 0;
        while (at < left.Length && at < right.Length && left[at] == right[at])
            at++;
        return $"line {at}: {left.ElementAtOrDefault(at)} | {right.ElementAtOrDefault(at)} (of {left.Length} and {right.Length})";
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

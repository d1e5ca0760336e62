using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Carriers;

/// <summary>Damage and malice: carriers that are cut, flipped, endless or bombs give what can be read, in bounded memory.</summary>
public sealed class HostileCarrierTests
{
    private static readonly double s_seconds = double.TryParse(Environment.GetEnvironmentVariable("FAULTLINE_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out double value) ? value : 0.2;
    private static readonly int s_seed = int.TryParse(Environment.GetEnvironmentVariable("FAULTLINE_FUZZ_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 20261124;

    private static readonly Dictionary<string, byte[]> s_carriers = new(StringComparer.Ordinal)
    {
        ["ansi"] = Each(line => $"\e[31m{line}\e[0m"),
        ["compose"] = Each(line => "web-1  | " + line),
        ["kubectl"] = Each(line => "[pod/web/web] 2026-11-24T01:54:18Z " + line),
        ["cri"] = Each(line => "2026-11-24T01:54:18.1Z stderr P \n2026-11-24T01:54:18.1Z stderr F " + line),
        ["docker"] = Each(line => $$"""{"log":{{JsonSerializer.Serialize(line + "\n")}},"stream":"stderr"}"""),
        ["journal"] = Each(line => $$"""{"_SYSTEMD_UNIT":"web","MESSAGE":[{{string.Join(',', Encoding.UTF8.GetBytes(line))}}]}"""),
        ["journal-export"] = [.. Encoding.UTF8.GetBytes("__CURSOR=a\nMESSAGE\n"), .. BitConverter.GetBytes((long)Each(line => line).Length), .. Each(line => line), (byte)'\n', (byte)'\n'],
        ["wrapped"] = Encoding.UTF8.GetBytes(string.Join('\n', Wrapped.Crash("a", 1).SelectMany(line => line.StartsWith('\t') ? Folded("\t/a/long/way/to/the/source" + line[1..]) : [line]))),
        ["syslog"] = Each(line => $"<11>1 2026-11-24T01:54:18Z host web 1 - [a b=\"c\"] {line}"),
        ["go-test"] = Each(line => $$"""{"Action":"output","Package":"a","Output":{{JsonSerializer.Serialize(line + "\n")}} }"""),
        ["records"] = Encoding.UTF8.GetBytes($$"""{"msg":"x","stack":{{JsonSerializer.Serialize(string.Join('\n', Wrapped.Crash("a", 1)))}} }"""),
        ["indented"] = Each(line => "    " + line),
        ["utf16"] = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(string.Join('\n', Wrapped.Crash("a", 1)))],
        ["gzip"] = Gzip(Each(line => line)),
        ["zstd"] = Zstd(Each(line => line)),
        ["gzip-of-docker"] = Gzip(Each(line => $$"""{"log":{{JsonSerializer.Serialize(line + "\n")}},"stream":"stderr"}""")),
    };

    public static TheoryData<string> Carriers => [.. s_carriers.Keys];

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Cut_anywhere_the_rest_is_read(string carrier)
    {
        byte[] bytes = s_carriers[carrier];
        for (int place = 0; place < 200; place++)
            Touch(Wrapped.Logs(bytes[..(bytes.Length * place / 200)]));
        Assert.Single(Assert.Single(Wrapped.Logs(bytes)).Reports);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Flipped_bits_are_survived(string carrier)
    {
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = [.. s_carriers[carrier]];
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Touch(Wrapped.Logs(bytes));
        }
    }

    /// <summary>One fuzz target a carrier: runs for a moment here, and for as long as <c>FAULTLINE_FUZZ_SECONDS</c> says (<c>eng/fuzz.sh</c>).</summary>
    [Theory]
    [MemberData(nameof(Carriers))]
    public void Fuzz(string carrier)
    {
        Random random = new(s_seed);
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < s_seconds; round++)
        {
            byte[] bytes = Mutate([.. s_carriers[carrier], .. s_carriers[carrier]], random);
            Exception? failure = Record.Exception(() => Touch(Wrapped.Logs(bytes)));
            if (failure is null)
                continue;
            string kept = Path.Combine(Path.GetTempPath(), $"faultline-fuzz-{carrier}-{s_seed}-{round}");
            File.WriteAllBytes(kept, bytes);
            Assert.Fail($"seed {s_seed}, round {round}, kept as {kept}: {failure}");
        }
    }

    [Fact]
    public void A_bomb_costs_time_and_no_memory()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (int megabyte = 0; megabyte < 512; megabyte++)
                gzip.Write(zeros);
        }

        packed.Position = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        TracebackLog log = Assert.Single(LogReader.Parse(packed, "-"));
        Assert.Equal(512L << 20, log.ByteCount);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80 << 20);
    }

    [Theory]
    [InlineData("{\"log\":\"")]
    [InlineData("web-1  | ")]
    [InlineData("2026-11-24T01:54:18Z stderr F ")]
    [InlineData("    panic: ")]
    [InlineData("\e[31m")]
    [InlineData("[pod/")]
    public void A_line_without_end_is_skipped(string start)
    {
        LogReader reader = new("-");
        reader.Write(Encoding.UTF8.GetBytes(start));
        byte[] block = new byte[1 << 20];
        Array.Fill(block, (byte)'x');
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int megabyte = 0; megabyte < 100; megabyte++)
            reader.Write(block);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        reader.Write(Encoding.UTF8.GetBytes("\n" + string.Join('\n', Wrapped.Crash("a", 1)) + "\n"));
        TracebackLog log = Wrapped.Single(reader.Complete(), "a", 1);
        Assert.Contains(log.Diagnostics, remark => remark.Id == TracebackDiagnostics.LineTooLong);
    }

    [Fact]
    public void Partial_lines_without_end_are_cut()
    {
        LogReader reader = new("-");
        byte[] line = Encoding.UTF8.GetBytes("2026-11-24T01:54:18Z stderr P panic: " + new string('x', 100_000) + "\n");
        for (int count = 0; count < 1000; count++)
            reader.Write(line);
        TracebackLog log = Assert.Single(reader.Complete());
        Assert.Contains(log.Diagnostics, remark => remark.Id == CarrierDiagnostics.PartialLineTooLong);
    }

    [Fact]
    public void Streams_without_number_are_capped()
    {
        IReadOnlyList<TracebackLog> logs = Wrapped.Lines(Enumerable.Range(0, 70_000).Select(index => $"web-{index} | panic: a"));
        Assert.InRange(logs.Count, 1000, 1100);
        Assert.Contains(logs[0].Diagnostics, remark => remark.Id == CarrierDiagnostics.TooManyStreams);
    }

    [Fact]
    public void Broken_records_cost_little()
    {
        LogReader reader = new("-");
        byte[] block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{]}\n", 250_000)));
        for (int count = 0; count < 20; count++)
            reader.Write(block);
        Assert.Contains(Assert.Single(reader.Complete()).Diagnostics, remark => remark.Id == CarrierDiagnostics.BrokenRecords);
    }

    [Fact]
    public void Packing_within_packing_has_an_end()
    {
        byte[] bytes = Each(line => line);
        for (int depth = 1; depth <= 4; depth++)
        {
            bytes = Gzip(bytes);
            Wrapped.Single(Wrapped.Logs(bytes), "a", 1);
        }

        Assert.Equal(CarrierDiagnostics.PackedTooDeep, Assert.Single(Assert.Single(Wrapped.Logs(Gzip(bytes))).Diagnostics).Id);
    }

    [Fact]
    public void A_packed_program_is_named_as_such()
    {
        TracebackLog log = Assert.Single(Wrapped.Logs(Gzip([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0])));
        Assert.Equal(CarrierDiagnostics.PackedProgram, Assert.Single(log.Diagnostics).Id);
    }

    [Fact]
    public void What_was_packed_before_the_damage_counts()
    {
        Random random = new(3);
        IEnumerable<string> noise = Enumerable.Range(0, 20_000).Select(_ => string.Create(CultureInfo.InvariantCulture, $"{random.NextInt64():x}"));
        byte[] packed = Gzip(Encoding.UTF8.GetBytes(string.Join('\n', [.. Wrapped.Crash("a", 1), .. noise])));
        TracebackLog log = Wrapped.Single(Wrapped.Logs(packed[..(packed.Length / 2)]), "a", 1);
        Assert.Contains(log.Diagnostics, remark => remark.Id == CarrierDiagnostics.DamagedPacking);
    }

    [Fact]
    public void Errors_of_the_input_itself_pass_through()
    {
        using FailingStream stream = new(Gzip(Each(line => line)));
        Assert.Throws<UnauthorizedAccessException>(() => LogReader.Parse(stream, "-"));
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (int changes = 1 + random.Next(8); changes > 0; changes--)
        {
            int at = random.Next(bytes.Length);
            int size = Math.Min(bytes.Length - at, 1 + random.Next(12));
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.AsSpan(random.Next(bytes.Length - size), size).CopyTo(bytes.AsSpan(at));
                    break;
                default:
                    bytes[at] = (byte)"{}[]\"\\\n\r \t\e<>:|"[random.Next(15)];
                    break;
            }
        }

        return random.Next(16) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static void Touch(IReadOnlyList<TracebackLog> logs)
    {
        foreach (CrashReport report in logs.SelectMany(log => log.Reports))
        {
            Assert.InRange(report.FirstLine, 1, logs[0].LineCount);
            Assert.InRange(report.LastLine, report.FirstLine, logs[0].LineCount);
            foreach (GoroutineTrace goroutine in report.Goroutines)
                Assert.All(goroutine.Frames, frame => Assert.InRange(frame.LogLine, 1, logs[0].LineCount));
        }
    }

    private static IEnumerable<string> Folded(string line) => line.Chunk(40).Select(piece => new string(piece));

    private static byte[] Each(Func<string, string> wrap) => Encoding.UTF8.GetBytes(string.Concat(Wrapped.Crash("a", 1).Select(line => wrap(line) + "\n")));

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Zstd(byte[] bytes)
    {
        using ZstdSharp.Compressor compressor = new();
        return compressor.Wrap(bytes).ToArray();
    }

    private sealed class FailingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => Position > 0 ? throw new UnauthorizedAccessException() : base.Read(buffer[..Math.Min(buffer.Length, 10)]);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Faultline.Capture.Tests.Recording;

/// <summary>Lines that goroutines share in real recordings, cores and processes, against the addresses that the program prints.</summary>
public sealed class SharedLinesTests
{
    private const ulong LineSize = 64;

    /// <summary>The printed objects of one run.</summary>
    private sealed record Printed(string Name, ulong Address);

    public static TheoryData<string, string> Probes => new(("1.19", "locks"), ("1.27", "locks"), ("1.19", "chans"), ("1.27", "chans"), ("1.23", "maps"), ("1.24", "maps"), ("1.27", "maps"));

    [Theory]
    [MemberData(nameof(Probes))]
    public async Task Objects_that_probes_saw_in_one_line_are_found_and_no_others(string go, string kind)
    {
        Tracing.Require();
        using Workplace place = new("sharedlines", go);
        string probe = kind switch { "locks" => "sync", "chans" => "chan", _ => "map" };
        Outcome recorded = await place.Record("--ring", "0", "--probe", probe, "--", place.Binary, kind);
        Assert.True(recorded.ExitCode == 0, recorded.Error);
        List<Printed> objects = Objects(recorded.Output);
        JsonElement seen = await Seen(place, place.Recording);
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("note").ValueKind);

        // The runtime and the library share lines among their own objects as well.
        List<(ulong Line, string Objects)> found =
        [
            .. from line in seen.GetProperty("lines").EnumerateArray()
               let own = Addresses(line).Where(address => objects.Exists(item => item.Address == address)).ToList()
               where own.Count > 1
               select (Number(line.GetProperty("address")), string.Join(' ', own)),
        ];
        Assert.Equal(Expected(objects, Touched(go, kind)).Order(), found.Order());
        foreach (JsonElement line in seen.GetProperty("lines").EnumerateArray().Where(line => found.Exists(known => known.Line == Number(line.GetProperty("address")))))
        {
            long turns = line.GetProperty("turns").GetInt64();
            Assert.True(turns > 1);
            Assert.InRange(line.GetProperty("crossings").GetInt64(), 0, turns);
            JsonElement touch = line.GetProperty("objects")[0].GetProperty("touches")[0];
            Assert.StartsWith("main.main.func", touch.GetProperty("function").GetString(), StringComparison.Ordinal);
            Assert.EndsWith("sharedlines/main.go", touch.GetProperty("file").GetString(), StringComparison.Ordinal);
        }
    }

    /// <summary>Data addresses as <c>perf mem</c> records them; here from breakpoints, because there is no PMU.</summary>
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public async Task Words_that_perf_saw_in_one_line_are_found_by_their_names(string go)
    {
        Tracing.Require();
        using Workplace place = new("sharedlines", go);
        List<Printed> objects = Objects(await RunTool(place, place.Binary, "words"));
        (ulong together, ulong separate) = (objects[0].Address, objects[1].Address);
        string data = Path.Combine(place.Folder, "mem.data");
        string[] events = [.. ((ulong[])[together, together + 8, separate, separate + 72]).SelectMany(address => (string[])["-e", string.Create(CultureInfo.InvariantCulture, $"mem:0x{address:x}/8:w")])];
        await RunTool(place, ["perf", "record", "-q", "-d", "-W", "--sample-cpu", "-m", "1024", .. events, "-o", data, "--", place.Binary, "words"]);
        JsonElement seen = await Seen(place, data);
        Assert.Equal(1200, seen.GetProperty("touches").GetInt64());
        JsonElement line = Assert.Single(seen.GetProperty("lines").EnumerateArray().ToList());
        Assert.Equal(together & ~(LineSize - 1), Number(line.GetProperty("address")));
        Assert.Equal(["main.together.left", "main.together.right"], line.GetProperty("objects").EnumerateArray().Select(item => item.GetProperty("name").GetString()!));
        // 300 writes of each word, by the lines that make them.
        string[] source = await File.ReadAllLinesAsync(line.GetProperty("objects")[0].GetProperty("touches")[0].GetProperty("file").GetString()!, TestContext.Current.CancellationToken);
        foreach (JsonElement item in line.GetProperty("objects").EnumerateArray())
        {
            List<JsonElement> touches = [.. item.GetProperty("touches").EnumerateArray()];
            Assert.Equal(300, touches.Sum(touch => touch.GetProperty("count").GetInt64()));
            Assert.All(touches, touch => Assert.Equal("writes", touch.GetProperty("operation").GetString()));
            Assert.All(touches, touch => Assert.Contains($"{item.GetProperty("name").GetString()!["main.".Length..]}++", source[touch.GetProperty("line").GetInt32() - 1], StringComparison.Ordinal));
        }

        // perf knows threads only, so goroutines are not spoken of.
        Outcome text = await FaultlineProgram.Run(place.Folder, "layout", place.Binary, "--false-sharing", "--seen-in", data);
        Assert.Contains("1 line of 64 bytes in which different threads touched different objects", text.Output, StringComparison.Ordinal);

        // Another program's names say nothing about it.
        using Workplace other = new("pingpong", go);
        Outcome foreign = await FaultlineProgram.Run(place.Folder, "layout", other.Binary, "--false-sharing", "--seen-in", data);
        Assert.Contains("none of its processes is known to have run this program", foreign.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" writes at ", foreign.Output, StringComparison.Ordinal);

        // A processor that says nothing about other caches is not asked.
        Assert.Equal(JsonValueKind.Null, line.GetProperty("modifiedElsewhere").ValueKind);
    }

    /// <summary>On the heap nothing has a name; the code that writes says which field of which type it is.</summary>
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public async Task Words_of_the_heap_are_named_by_the_code_that_writes_them(string go)
    {
        Tracing.Require();
        using Workplace place = new("sharedlines", go);
        using Process program = Process.Start(new ProcessStartInfo(place.Binary, ["heap"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        ulong address = Assert.Single(Objects(await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "")).Address;
        string[] events = [.. ((ulong[])[address, address + 8]).SelectMany(word => (string[])["-e", string.Create(CultureInfo.InvariantCulture, $"mem:0x{word:x}/8:w")])];
        using Process perf = FaultlineProgram.StartTool(place.Folder, ["perf", "record", "-q", "-d", "-m", "1024", .. events, "-o", "heap.data", "-p", program.Id.ToString(CultureInfo.InvariantCulture)]);
        string data = Path.Combine(place.Folder, "heap.data");
        // Its head is written when the events are open; threads that start later are recorded as well.
        while (!perf.HasExited && !(File.Exists(data) && new FileInfo(data).Length > 0))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await program.StandardInput.WriteLineAsync("go");
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        await perf.WaitForExitAsync(TestContext.Current.CancellationToken);
        JsonElement line = Assert.Single((await Seen(place, data)).GetProperty("lines").EnumerateArray().ToList());
        Assert.Equal(["main.near.left", "main.near.right"], line.GetProperty("objects").EnumerateArray().Select(item => item.GetProperty("name").GetString()!));
        Assert.Equal([address, address + 8], Addresses(line));
    }

    [Theory]
    [InlineData("1.19")]
    [InlineData("1.27")]
    public async Task Locks_that_goroutines_wait_for_in_one_line_are_found_in_a_process_and_its_core(string go)
    {
        Tracing.Require();
        using Workplace place = new("sharedlines", go);
        using Process program = Process.Start(new ProcessStartInfo(place.Binary, ["wait"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        try
        {
            string said = "";
            while (await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } text && text != "waiting")
                said += text + "\n";
            List<Printed> objects = Objects(said);
            string process = program.Id.ToString(CultureInfo.InvariantCulture);
            await RunTool(place, "gcore", "-o", "core", process);
            foreach (string input in (string[])[process, $"core.{process}"])
            {
                JsonElement line = Assert.Single((await Seen(place, input)).GetProperty("lines").EnumerateArray().ToList());
                Assert.Equal(objects[0].Address, Number(line.GetProperty("address")));
                Assert.Equal([objects[0].Address, objects[1].Address], Addresses(line));
                Assert.All(line.GetProperty("objects").EnumerateArray(), item => Assert.Contains(item.GetProperty("touches").EnumerateArray(), touch => touch.GetProperty("operation").GetString() == "waits to lock"));
            }
        }
        finally
        {
            program.Kill();
        }
    }

    [Fact]
    public async Task Garbled_recordings_give_an_answer_or_a_diagnostic()
    {
        Tracing.Require();
        using Workplace place = new("sharedlines", "1.27");
        Outcome recorded = await place.Record("--ring", "0", "--probe", "map", "--", place.Binary, "maps");
        Assert.True(recorded.ExitCode == 0, recorded.Error);
        string data = Path.Combine(place.Recording, "perf.data");
        byte[] whole = await File.ReadAllBytesAsync(data, TestContext.Current.CancellationToken);
        Random random = new(11);
        for (int round = 0; round < 8; round++)
        {
            byte[] bad = whole[..(round % 3 == 0 ? random.Next(whole.Length) : whole.Length)];
            for (int flip = 0; flip < 40 * (round % 4); flip++)
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(data, bad, TestContext.Current.CancellationToken);
            Outcome outcome = await FaultlineProgram.Run(place.Folder, "layout", place.Binary, "--false-sharing", "--seen-in", place.Recording, "--format", "json");
            Assert.True(outcome.ExitCode is 0 or 65, $"round {round}: {outcome.ExitCode} {outcome.Error}");
            if (outcome.ExitCode == 0)
                JsonDocument.Parse(outcome.Output).Dispose();
        }
    }

    [Fact]
    public async Task What_cannot_be_looked_at_is_said()
    {
        using Workplace place = new("sharedlines", "1.27");
        Outcome alone = await FaultlineProgram.Run(place.Folder, "layout", place.Binary, "main.locks", "--seen-in", "x");
        Assert.Equal((64, true), (alone.ExitCode, alone.Error.Contains("--seen-in goes with --false-sharing", StringComparison.Ordinal)));
        Outcome missing = await FaultlineProgram.Run(place.Folder, "layout", place.Binary, "--false-sharing", "--seen-in", "nothing");
        Assert.Equal(66, missing.ExitCode);
        Outcome wrong = await FaultlineProgram.Run(place.Folder, "layout", place.Binary, "--false-sharing", "--seen-in", place.Binary);
        Assert.Equal((65, true), (wrong.ExitCode, wrong.Error.Contains("neither a recording of perf nor a core", StringComparison.Ordinal)));
    }

    /// <summary>The bytes from an object's start that its operations change.</summary>
    private static (ulong Start, ulong Size) Touched(string go, string kind) => kind switch
    {
        "locks" => (0, 8),
        "chans" => go == "1.19" ? (0UL, 96UL) : (0UL, 104UL),
        _ => go is "1.19" or "1.23" ? (0UL, 9UL) : (0UL, 35UL),
    };

    private static IEnumerable<(ulong Line, string Objects)> Expected(List<Printed> objects, (ulong Start, ulong Size) touched)
    {
        // Only readers use the RWMutex, and nothing else is near it.
        Dictionary<ulong, List<ulong>> lines = [];
        foreach (Printed item in objects.Where(item => item.Name != "d"))
        {
            for (ulong line = item.Address / LineSize; line <= (item.Address + touched.Size - 1) / LineSize; line++)
                (lines.TryGetValue(line * LineSize, out var held) ? held : lines[line * LineSize] = []).Add(item.Address);
        }

        return from line in lines where line.Value.Count > 1 select (line.Key, string.Join(' ', line.Value.Order()));
    }

    private static async Task<JsonElement> Seen(Workplace place, string input)
    {
        Outcome outcome = await FaultlineProgram.Run(place.Folder, "layout", place.Binary, "--false-sharing", "--seen-in", input, "--format", "json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        using JsonDocument document = JsonDocument.Parse(outcome.Output);
        return document.RootElement.GetProperty("seen")[0].Clone();
    }

    private static async Task<string> RunTool(Workplace place, params IReadOnlyList<string> command)
    {
        Outcome outcome = await FaultlineProgram.Finish(FaultlineProgram.StartTool(place.Folder, command), "");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome.Output;
    }

    private static List<Printed> Objects(string output) =>
        [.. from line in output.Split('\n') let parts = line.Split(' ') where parts is [_, ['0', 'x', ..]] select new Printed(parts[0], ulong.Parse(parts[1].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];

    private static List<ulong> Addresses(JsonElement line) => [.. line.GetProperty("objects").EnumerateArray().Select(item => Number(item.GetProperty("address")))];

    private static ulong Number(JsonElement address) => ulong.Parse(address.GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

using System.Globalization;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Tests.Unwinding;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Cores;

/// <summary>The same cores in delve: its goroutines and their stacks, frame by frame.</summary>
public sealed class DelveOracleTests
{
    public static TheoryData<string, string, BuildMode> Cores => new()
    {
        { "objects", "1.23", BuildMode.Plain }, { "objects", "1.26", BuildMode.Plain }, { "objects", "1.27", BuildMode.Pie }, { "stuck", "1.25", BuildMode.Plain },
    };

    [Theory]
    [MemberData(nameof(Cores))]
    public void Goroutines_and_stacks_are_the_same(string program, string version, BuildMode mode)
    {
        var process = ParkedProcess.Open(program, version, mode, isStripped: false);
        Compare(process.Dump, process.State);
    }

    /// <summary>A thousand goroutines and more, in programs that have little in common.</summary>
    [Theory]
    [InlineData("crowd", "1.19", "-", "1000", "20")]
    [InlineData("webserver", "1.24")]
    [InlineData("pipeline", "1.26")]
    [InlineData("pipeline", "1.22")]
    public void The_stacks_of_a_thousand_goroutines_are_the_same(string program, string version, params string[] arguments) =>
        CompareThousand(SampleBinary.Build(SampleProgram.FindParked(program), Toolchain.TryFind(version)!, BuildMode.Plain).Path, arguments);

    [Fact]
    public void The_stacks_of_generated_generic_and_deferred_code_are_the_same() =>
        CompareThousand(StackProgram.Build("stacks", Toolchain.TryFind("1.23")!), "park", "1100");

    private static void CompareThousand(string path, params IReadOnlyList<string> arguments)
    {
        using var core = LiveCore.Take(path, arguments, process => Assert.Equal("ready", process.StandardOutput.ReadLine()));
        Assert.True(Compare(core.Dump, core.State) >= 1000);
    }

    [Fact]
    public void The_stacks_of_a_large_program_of_others_are_the_same()
    {
        using var core = NatsServer.TakeCore(connectionCount: 550);
        Assert.True(Compare(core.Dump, core.State) >= 1000);
    }

    private static int Compare(CoreDump dump, RuntimeState state)
    {
        var output = Tool.RunWithInput(
            "goroutines -t 300\nexit\n", CacheFolder.Below("bin", "dlv"), "core", dump.Binary.Path, dump.Core.Path, "--check-go-version=false", "--allow-non-terminal-interactive=true");
        var expected = Parse(output);
        Assert.Equal(expected.Keys.Order(), state.Goroutines.Select(goroutine => goroutine.Id).Order());
        foreach (var goroutine in state.Goroutines)
            Assert.Equal(expected[goroutine.Id], AsDelve(Frames(dump, state, goroutine), expected[goroutine.Id]));
        return state.Goroutines.Count;
    }

    /// <summary>What was inlined into a generated method has its line in Go's tables only; DWARF, and so delve, says 1.</summary>
    private static IEnumerable<string> AsDelve(List<string> ours, List<string> theirs) =>
        ours.Select((frame, index) => index < theirs.Count && theirs[index].EndsWith(":1", StringComparison.Ordinal) ? frame[..frame.LastIndexOf(':')] + ":1" : frame);

    /// <summary>Logical frames as delve names them: the physical address stands at each of those inlined at it.</summary>
    private static List<string> Frames(CoreDump dump, RuntimeState state, Goroutine goroutine)
    {
        var frames = new List<string>();
        foreach (var frame in state.Stacks.Read(goroutine, out _))
        {
            // Delve takes the address that a parked goroutine goes on at for the place where it is: its line is the one after the call.
            var lookup = frames.Count == 0 ? frame.Pc : frame.LookupAddress;
            foreach (var logical in dump.Binary.ResolveFrames(lookup - dump.LoadBias))
                frames.Add(string.Create(CultureInfo.InvariantCulture, $"0x{frame.Pc:x} {logical.Function}:{logical.Line}"));
        }

        return frames;
    }

    /// <summary>A goroutine's line, then two lines a frame: number, address and function, then the place.</summary>
    private static Dictionary<ulong, List<string>> Parse(string output)
    {
        const string header = "Goroutine ";
        const string place = "at ";
        var stacks = new Dictionary<ulong, List<string>>();
        List<string>? current = null;
        var pending = "";
        foreach (var line in output.Replace("\u001b[1m", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal).Replace("(dlv) ", "", StringComparison.Ordinal).Split('\n'))
        {
            var text = line.Trim();
            var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (text.TrimStart('*', ' ').StartsWith(header, StringComparison.Ordinal) && !line.StartsWith('\t'))
                stacks.Add(ulong.Parse(words[Array.IndexOf(words, "Goroutine") + 1], CultureInfo.InvariantCulture), current = []);
            else if (words is [_, ['0', 'x', .. var address], "in", ..])
                pending = $"0x{ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture):x} {text[(text.IndexOf(" in ", StringComparison.Ordinal) + 4)..]}";
            else if (pending.Length > 0 && text.StartsWith(place, StringComparison.Ordinal))
                (_, pending) = (Add($"{pending}:{text[(text.LastIndexOf(':') + 1)..]}"), "");
        }

        return stacks;

        bool Add(string frame)
        {
            current!.Add(frame);
            return true;
        }
    }
}

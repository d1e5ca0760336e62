using System.Globalization;
using Faultline.Runtime.Tests.Programs;
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
        var output = Tool.RunWithInput(
            "goroutines -t 300\nexit\n", Path.Combine(CacheFolder.Path, "bin", "dlv"), "core", process.Core.Binary.Path, process.Core.CorePath, "--check-go-version=false", "--allow-non-terminal-interactive=true");
        var expected = Parse(output);
        Assert.Equal(expected.Keys.Order(), process.State.Goroutines.Select(goroutine => goroutine.Id).Order());
        foreach (var goroutine in process.State.Goroutines)
            Assert.Equal(expected[goroutine.Id], Frames(process, goroutine));
    }

    /// <summary>Logical frames as delve names them: the physical address stands at each of those inlined at it.</summary>
    private static List<string> Frames(ParkedProcess process, Runtime.Goroutines.Goroutine goroutine)
    {
        var frames = new List<string>();
        foreach (var frame in process.State.Stacks.Read(goroutine, out _))
        {
            // Delve takes the address that a parked goroutine goes on at for the place where it is: its line is the one after the call.
            var lookup = frames.Count == 0 ? frame.Pc : frame.LookupAddress;
            foreach (var logical in process.Dump.Binary.ResolveFrames(lookup - process.Dump.LoadBias))
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

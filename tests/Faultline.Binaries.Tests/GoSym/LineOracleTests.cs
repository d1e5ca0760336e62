using System.Globalization;
using System.Text;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>Files, lines and inlined frames at many addresses against <c>go tool addr2line</c> and llvm-symbolizer.</summary>
public sealed class LineOracleTests
{
    private const int SampleCount = 2000;

    [Theory]
    [MemberData(nameof(BinaryMatrix.Binaries), MemberType = typeof(BinaryMatrix))]
    public void Innermost_lines_are_those_of_addr2line(int release, string variant)
    {
        using var binary = BinaryMatrix.Open(release, variant);
        var addresses = Sample(binary);
        // The tool needs symbols; a stripped binary has the same code and tables as its twin.
        var twin = variant.Replace("-stripped", "", StringComparison.Ordinal).Replace("stripped", "plain", StringComparison.Ordinal);
        var input = new StringBuilder();
        foreach (var address in addresses)
            input.Append(CultureInfo.InvariantCulture, $"0x{address:x}\n");
        var lines = ExternalTool.Run(Toolchain.Newest.Tool("addr2line"), [BinaryMatrix.PathOf(release, twin)], input.ToString()).Split('\n');

        var compared = 0;
        for (var index = 0; index < addresses.Count; index++)
        {
            var (function, place) = (lines[2 * index], lines[(2 * index) + 1]);
            if (function == "?")
                continue;
            var frames = binary.ResolveFrames(addresses[index]);
            var context = $"0x{addresses[index]:x} in {function}";
            Assert.True(frames.Count > 0, context);
            // Padding between functions has no line.
            if (place == "?:0" || place.StartsWith(":-", StringComparison.Ordinal))
                Assert.Equal((context, 0), (context, frames[0].Line));
            else
                Assert.Equal((context, place), (context, $"{frames[0].File}:{frames[0].Line}"));
            Assert.False(frames[^1].Inlined);
            Assert.Equal((context, SameForm(function)), (context, SameForm(frames[^1].Function)));
            compared++;
        }

        Assert.True(compared > SampleCount * 9 / 10, $"only {compared} addresses could be compared");
        Assert.Empty(binary.Diagnostics);
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Inlined_frames_are_those_of_DWARF(int release)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("llvm-symbolizer"), "llvm-symbolizer is not installed");
        using var binary = BinaryMatrix.Open(release, "plain");
        var addresses = Sample(binary);
        var input = new StringBuilder();
        foreach (var address in addresses)
            input.Append(CultureInfo.InvariantCulture, $"0x{address:x}\n");
        var answer = ExternalTool.Run("llvm-symbolizer", ["--inlines", "--no-demangle", $"--obj={binary.Path}"], input.ToString());
        var blocks = answer.Split("\n\n");

        var (inlined, differing) = (0, new List<string>());
        for (var index = 0; index < addresses.Count; index++)
        {
            var wanted = Chain(blocks[index]);
            var frames = binary.ResolveFrames(addresses[index]).Select(frame => $"{SameForm(frame.Function)} {frame.File}:{frame.Line}").ToList();
            // DWARF leaves the padding between functions out.
            if (wanted[0].StartsWith("??", StringComparison.Ordinal))
                continue;
            if (wanted.Count > 1)
                inlined++;
            if (!wanted.SequenceEqual(frames, StringComparer.Ordinal))
                differing.Add($"0x{addresses[index]:x}: DWARF {string.Join(" < ", wanted)} | pclntab {string.Join(" < ", frames)}");
        }

        Assert.True(inlined > 50, $"only {inlined} of the addresses are in inlined code");
        // DWARF has no file for some generated functions, and none of their inlined calls in Go 1.19.
        Assert.True(differing.Count <= SampleCount / 200, string.Join('\n', differing.Take(20)));
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Binaries), MemberType = typeof(BinaryMatrix))]
    public void A_chain_of_inlined_calls_is_unrolled(int release, string variant)
    {
        using var binary = BinaryMatrix.Open(release, variant);
        var work = Assert.Single(binary.FindFunctions("main.work"));
        var chains = new HashSet<string>(StringComparer.Ordinal);
        for (var address = work.Entry; address < work.End; address++)
        {
            var frames = binary.ResolveFrames(address);
            Assert.All(frames, frame => Assert.Equal(work.Entry, frame.FunctionEntry));
            chains.Add(string.Join(' ', frames.Select(frame => $"{frame.Function}:{frame.Line}")));
        }

        // Lines of Programs/shapes/main.go: two calls in outer, each three deep.
        foreach (var calls in (string[])["main.innermost:53 main.middle:58 main.outer:62 main.work:69", "main.innermost:53 main.middle:58 main.outer:63 main.work:69"])
            Assert.Contains(calls, chains);
    }

    private static List<ulong> Sample(GoBinary binary)
    {
        var module = binary.Moduledata!;
        var random = new SeededNumbers(20260727);
        var addresses = new List<ulong>(SampleCount);
        for (var index = 0; index < SampleCount; index++)
            addresses.Add(module.Text + random.Next(module.EndOfText - module.Text));
        return addresses;
    }

    private static List<string> Chain(string block)
    {
        var lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var chain = new List<string>();
        for (var index = 0; index + 1 < lines.Length; index += 2)
        {
            var place = lines[index + 1];
            place = place[..place.LastIndexOf(':')];
            var generated = place.IndexOf("<autogenerated>", StringComparison.Ordinal);
            var name = SameForm(lines[index]);
            chain.Add($"{(name.EndsWith(".abi0", StringComparison.Ordinal) ? name[..^5] : name)} {place[Math.Max(0, generated)..]}");
        }

        return chain;
    }

    private static string SameForm(string name)
    {
        var (open, close) = (name.IndexOf('['), name.LastIndexOf(']'));
        return open >= 0 && close > open ? $"{name[..open]}[...]{name[(close + 1)..]}" : name;
    }
}

using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code.Listing;

/// <summary>What Go's own disassembler does not know or does not print, against GNU objdump and llvm-objdump.</summary>
public sealed class BinutilsOracleTests
{
    [Theory]
    [InlineData(AssemblySyntax.Intel, "intel")]
    [InlineData(AssemblySyntax.Att, "att")]
    public void Boundaries_and_opcodes_are_those_of_objdump(AssemblySyntax syntax, string option)
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("objdump"), "binutils are not installed");
        var path = MarkedProgram.PathOf(Toolchain.Newest.Release, BuildVariant.Plain.Name);
        using var binary = GoBinary.Open(path);
        var code = new CodeListing(binary, syntax);
        var wanted = ListedLine.OfBinutils("objdump", path, binary.Functions[0].Entry, binary.Functions[^1].End, "-w", "-M", option)
            .ToDictionary(line => line.Address);
        var (count, same) = (0, 0);
        var different = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var function in binary.Functions)
        {
            var listing = code.Read(function);
            for (var index = 0; index < listing.Count; index++)
            {
                count++;
                var bytes = string.Join(' ', listing.Bytes(index).ToArray().Select(value => value.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
                Assert.True(wanted.TryGetValue(listing.Address(index), out var line) && line.Bytes == bytes, $"0x{listing.Address(index):x}: {bytes} {listing.Text(index)}, objdump: {line}");
                var (ours, theirs) = (Opcode(listing.Text(index).ToString()), Opcode(line!.Text));
                if (ours == theirs || ours == theirs.TrimEnd('b', 'w', 'l', 'q') || theirs == ours.TrimEnd('b', 'w', 'd', 'q') || (ours, theirs) is ("mov", "movabs"))
                    same++;
                else
                    different[$"{ours} for {theirs}"] = different.GetValueOrDefault($"{ours} for {theirs}") + 1;
            }
        }

        Assert.True(count > 100_000);
        Assert.True(count - same < count / 500, $"{count - same} of {count}: {string.Join(", ", different.OrderByDescending(pair => pair.Value).Take(20))}");
    }

    /// <summary>The atomics of Armv8.1: llvm prints "ldaddal w1, w2, [x0]", Go's assembler "LDADDALW R1, (R0), R2".</summary>
    [Fact]
    public void Atomics_of_arm64_are_those_of_llvm()
    {
        Assert.SkipUnless(ExternalTool.IsInstalled("llvm-objdump"), "llvm is not installed");
        var path = MarkedProgram.PathOf(Toolchain.Newest.Release, BuildVariant.Arm64.Name);
        using var binary = GoBinary.Open(path);
        var code = new CodeListing(binary);
        var found = new Dictionary<ulong, string>();
        foreach (var function in binary.Functions)
        {
            var listing = code.Read(function);
            for (var index = 0; index < listing.Count; index++)
            {
                var text = listing.Text(index).ToString();
                if (IsAtomic(text))
                    found.Add(listing.Address(index), text);
            }
        }

        var wanted = new Dictionary<ulong, string>();
        foreach (var line in ListedLine.OfBinutils("llvm-objdump", path, binary.Functions[0].Entry, binary.Functions[^1].End, "--mattr=+lse", "--no-show-raw-insn"))
        {
            if (InGo(line.Bytes + " " + line.Text) is { } text)
                wanted.Add(line.Address, text);
        }

        Assert.True(wanted.Count > 100, $"{wanted.Count}");
        Assert.Equal(wanted.OrderBy(pair => pair.Key), found.OrderBy(pair => pair.Key));
    }

    private static bool IsAtomic(string text) =>
        text.StartsWith("CAS", StringComparison.Ordinal) || text.StartsWith("SWP", StringComparison.Ordinal) || text.StartsWith("LDADD", StringComparison.Ordinal)
        || text.StartsWith("LDCLR", StringComparison.Ordinal) || text.StartsWith("LDEOR", StringComparison.Ordinal) || text.StartsWith("LDOR", StringComparison.Ordinal);

    private static string? InGo(string text)
    {
        var words = text.Split([' ', '\t', ',', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var opcode, var first, var second, var pointer, ..] || words.Length > 4)
            return null;
        var upper = opcode.ToUpperInvariant().Replace("LDSET", "LDOR", StringComparison.Ordinal);
        if (!IsAtomic(upper))
            return null;
        var size = upper[^1] is 'B' or 'H' ? "" : first[0] == 'x' ? "D" : "W";
        return $"{upper}{size} {Register(first)}, ({Register(pointer)}), {Register(second)}";
    }

    private static string Register(string name) => name switch { "sp" => "RSP", "wzr" or "xzr" => "ZR", _ => $"R{name[1..]}" };

    private static string Opcode(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var at = 0;
        while (at < words.Length - 1 && words[at] is "lock" or "rep" or "repz" or "repe" or "repnz" or "repne" or "cs" or "data16" or "fs" or "xacquire" or "xrelease" or "notrack" or "bnd")
            at++;
        return words[at];
    }
}

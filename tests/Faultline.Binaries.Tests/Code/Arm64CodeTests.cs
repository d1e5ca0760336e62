using System.Globalization;
using System.Text.RegularExpressions;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Arm64;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code;

/// <summary>What the code of cross-built arm64 programs shows. Memory is not followed there, so some types and all operands stay unknown, but nothing may be wrong.</summary>
public sealed partial class Arm64CodeTests
{
    private static readonly IReadOnlyList<SiteMark> Marks = SiteMark.ReadSites(MarkedProgram.Name);

    [Theory]
    [MemberData(nameof(MarkedProgram.Arm64Builds), MemberType = typeof(MarkedProgram))]
    public void Every_mark_is_found_and_its_type_is_right_or_unknown(int release, string variant)
    {
        using var program = MarkedProgram.Open(release, variant);
        Assert.True(program.Code.IsAvailable);
        var wrong = new List<string>();
        int typed = 0, all = 0;
        foreach (SiteMark mark in Marks)
        {
            List<MapCallSite> sites = [.. program.SitesOn(mark.Line).Where(site => site.Operation == mark.Operation)];

            // Without optimisation, loops that delete every key stay as they are written.
            if (sites.Count == 0 && (mark.Operation != MapOperation.Clear || variant != BuildVariant.Arm64NoOptimising.Name))
                wrong.Add($"{mark}: no such call");
            foreach (MapCallSite site in sites)
            {
                all++;
                typed += site.Types.Count > 0 ? 1 : 0;
                if (site.Types.Count > 0 && !site.Types.Any(type => TypesOn(mark.Line).Contains(type.Name, StringComparer.Ordinal)))
                    wrong.Add($"{mark}: {string.Join('|', site.Types.Select(type => type.Name))} at 0x{site.CallAddress:x}");
                Assert.False(site.Operand.IsComplete || site.Operand.IsPrivate);
            }
        }

        Assert.Empty(wrong);
        Assert.True(typed >= all * 0.8, $"{typed} of {all} have a type");
    }

    [Theory]
    [MemberData(nameof(MarkedProgram.Arm64Builds), MemberType = typeof(MarkedProgram))]
    public void Calls_and_go_statements_are_those_that_the_source_names(int release, string variant)
    {
        using var program = MarkedProgram.Open(release, variant);
        foreach (MapCallSite site in program.Code.MapCallSites)
        {
            Assert.Same(site, program.Code.FindMapCallSite(site.ReturnAddress));
            Assert.Equal(site.Callee, program.Code.FindCall(site.ReturnAddress)?.TargetName);
            Assert.Null(program.Code.FindCall(site.ReturnAddress + 1));
        }

        foreach ((int line, string entry) in SiteMark.ReadGoStatements(MarkedProgram.Name))
        {
            GoStatement statement = Assert.Single(program.Code.GoStatements, go => MarkedProgram.IsOn(go.Frames[0].File, go.Frames[0].Line, line));
            Assert.Equal("main.closures", statement.Creator.Name);

            // Without optimisation the closure is spilled to the frame, where the scan does not look.
            if (statement.Entry == 0 && variant == BuildVariant.Arm64NoOptimising.Name)
                continue;
            Assert.True(program.Binary.TryFindFunction(statement.Entry, out var started), $"line {line}");
            Assert.Equal(entry, started.Name);
        }
    }

    /// <summary>The instructions of a program: jumps and calls lead where objdump says, and no register that it shows as written is taken to keep its value.</summary>
    [Fact]
    public void Instructions_mean_what_objdump_says()
    {
        using var program = MarkedProgram.Open(Toolchain.Newest.Release, BuildVariant.Arm64.Name);
        string text = ExternalTool.Run(Toolchain.Newest.Tool("objdump"), [MarkedProgram.PathOf(Toolchain.Newest.Release, BuildVariant.Arm64.Name)]);
        var wrong = new List<string>();
        int jumps = 0, writes = 0;
        foreach (string line in text.Split('\n'))
        {
            if (InstructionLine().Match(line) is not { Success: true } match)
                continue;
            ulong address = ulong.Parse(match.Groups["address"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var instruction = Arm64Instruction.Decode(uint.Parse(match.Groups["word"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture), address);
            string operands = match.Groups["operands"].Value.Trim();
            if (LocalTarget().Match(operands) is { Success: true } local)
            {
                jumps++;
                long distance = 4 * long.Parse(local.Groups["distance"].ValueSpan, CultureInfo.InvariantCulture);
                if (instruction.Kind is not (Arm64Kind.Jump or Arm64Kind.ConditionalJump) || instruction.Target != address + (ulong)distance)
                    wrong.Add(line);
            }
            else if (match.Groups["name"].Value is "CALL" or "JMP" && operands.EndsWith("(SB)", StringComparison.Ordinal))
            {
                jumps++;
                string name = operands[..^4].Replace(".abi0", "", StringComparison.Ordinal);
                if (!program.Binary.TryFindFunction(instruction.Target, out var target) || target.Entry != instruction.Target || target.Name != name)
                    wrong.Add(line);
            }
            else if (Written().Match(operands) is { Success: true } written && match.Groups["name"].Value is not ("CMP" or "CMPW" or "CMN" or "CMNW" or "TST" or "TSTW" or "CALL" or "JMP" or "RET" or "PRFM"))
            {
                writes++;
                uint changed = Changes(instruction);
                foreach (Capture register in written.Groups["register"].Captures)
                {
                    if ((changed & (1u << int.Parse(register.ValueSpan, CultureInfo.InvariantCulture))) == 0)
                        wrong.Add(line);
                }
            }
        }

        Assert.Empty(wrong.Take(20));
        Assert.True(jumps > 20_000 && writes > 50_000, $"{jumps} jumps, {writes} writes");
    }

    /// <summary>What the scanner takes an instruction to change.</summary>
    private static uint Changes(in Arm64Instruction instruction) => instruction.Kind switch
    {
        Arm64Kind.Address or Arm64Kind.AddImmediate or Arm64Kind.Move or Arm64Kind.Load => 1u << instruction.Destination,
        Arm64Kind.Other or Arm64Kind.Access => instruction.Clobbers,
        Arm64Kind.Call or Arm64Kind.IndirectCall => uint.MaxValue,
        _ => 0,
    };

    private static HashSet<string> TypesOn(int line) => [.. Marks.Where(mark => mark.Line == line).SelectMany(mark => mark.Types)];

    [GeneratedRegex(@"\t0x(?<address>[0-9a-f]+)\t+(?<word>[0-9a-f]{8})\t+(?<name>[A-Z0-9.]+) ?(?<operands>[^\t]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InstructionLine();

    [GeneratedRegex(@"(?:^|, )(?<distance>-?[0-9]+)\(PC\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LocalTarget();

    /// <summary>The last operand is the one that is written: a register, or a pair in parentheses.</summary>
    [GeneratedRegex(@"(?:^|, )(?:R(?<register>[0-9]+)|\(R(?<register>[0-9]+), R(?<register>[0-9]+)\))$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Written();
}

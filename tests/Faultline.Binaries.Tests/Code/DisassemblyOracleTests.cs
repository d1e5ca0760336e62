using System.Globalization;
using System.Text.RegularExpressions;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code;

/// <summary>The map calls that Go's own disassembler shows are the ones that the scan finds, no more and no fewer.</summary>
public sealed partial class DisassemblyOracleTests
{
    public static IEnumerable<TheoryDataRow<int, string>> Builds() =>
        Toolchain.All.Select(toolchain => new TheoryDataRow<int, string>(toolchain.Release, BuildVariant.Plain.Name))
            .Append(new TheoryDataRow<int, string>(Toolchain.Newest.Release, BuildVariant.Pie.Name))
            .Append(new TheoryDataRow<int, string>(Toolchain.Newest.Release, BuildVariant.Race.Name))
            .Concat(MarkedProgram.Arm64Builds().Where(build => build.Data.Item2 != BuildVariant.Arm64Stripped.Name)); // objdump needs symbols

    [Theory]
    [MemberData(nameof(Builds))]
    public void Map_calls_are_those_of_objdump(int release, string variant)
    {
        using var program = MarkedProgram.Open(release, variant);
        var wanted = new List<(ulong Address, string Callee)>();
        var function = "";
        foreach (var line in ExternalTool.Run(Toolchain.Newest.Tool("objdump"), [MarkedProgram.PathOf(release, variant)]).Split('\n'))
        {
            if (line.StartsWith("TEXT ", StringComparison.Ordinal))
                function = line["TEXT ".Length..line.LastIndexOf("(SB)", StringComparison.Ordinal)];
            else if (MapCall().Match(line) is { Success: true } call && !IsImplementation(function))
                wanted.Add((ulong.Parse(call.Groups["address"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture), call.Groups["callee"].Value));
        }

        Assert.True(wanted.Count > 40);
        Assert.Equal(wanted, program.Code.MapCallSites.Select(site => (site.CallAddress, site.Callee)));
    }

    private static bool IsImplementation(string function) =>
        function is "maps.clone" || function.StartsWith("runtime.", StringComparison.Ordinal) || function.StartsWith("internal/runtime/maps.", StringComparison.Ordinal);

    [GeneratedRegex(@"\t0x(?<address>[0-9a-f]+)\t+[0-9a-f]+\t+(?:CALL|JMP) (?<callee>runtime\.map(?:access[12]|assign|delete)(?:_\w+)?|runtime\.map(?:iterinit|iternext|IterStart|IterNext|clear|clone2?)|maps\.clone|internal/runtime/maps\.\(\*(?:Map|Iter)\)\.(?:Delete|Clear|Clone|Get|Put|Init|Next))\(SB\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MapCall();
}

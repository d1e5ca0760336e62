using System.Diagnostics;
using System.Globalization;
using Faultline.Binaries;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Memory;

/// <summary>gdb steps through the map functions of every release: the flag in memory is what the table claims, at each instruction.</summary>
public sealed class MapPhaseOracleTests
{
    // Steps over calls, because what they do to the flag is theirs; every program counter inside the function is printed with the flag's byte.
    private const string Script =
        """
        import gdb
        for line in ("set pagination off", "set confirm off", "set auto-load off", "set language c"):
            gdb.execute(line)
        def number(text): return int(gdb.parse_and_eval("(unsigned long)(" + text + ")")) & (2**64 - 1)
        gdb.execute("tbreak *%d" % START)
        gdb.execute("run", to_string=True)
        gdb.execute("set scheduler-locking step")
        where = {}
        for entry, end, register in FUNCTIONS:
            gdb.execute("break *%d" % entry, to_string=True)
            where[entry] = (end, register)
        for stop in range(400):
            gdb.execute("continue", to_string=True)
            if not gdb.selected_inferior().pid: break
            entry = pc = number("$pc")
            if entry not in where: continue
            end, register = where[entry]
            map, outer = number("$" + register), number("$sp")
            for step in range(3000):
                print("AT %d %d" % (pc, gdb.selected_inferior().read_memory(map + OFFSET, 1)[0][0]))
                gdb.execute("stepi", to_string=True)
                pc = number("$pc")
                if number("$sp") > outer: break
                if not entry <= pc < end:
                    if pc in where: break
                    gdb.execute("tbreak *%d" % number("*(unsigned long*)$sp"), to_string=True)
                    gdb.execute("continue", to_string=True)
                    pc = number("$pc")
                    if not entry <= pc < end: break
        gdb.execute("kill")
        """;

    public static TheoryData<string> Releases() => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task The_flag_in_memory_is_what_the_table_claims(string version)
    {
        using var flag = new MapFlagOracle(version, BuildMode.Plain);
        flag.Compare(await Step(flag.Binary, flag.Functions.Select(function => $"({function.Function.Entry}, {function.Function.End}, '{(function.MapArgument == 0 ? "rax" : "rbx")}')"), flag.Offset));
    }

    private static async Task<List<(ulong Address, int Value)>> Step(GoBinary binary, IEnumerable<string> functions, int offset)
    {
        var script = Path.GetTempFileName();
        try
        {
            var start = Assert.Single(binary.FindFunctions("main.main")).Entry;
            await File.WriteAllTextAsync(script, $"START, OFFSET, FUNCTIONS = {start}, {offset}, [{string.Join(", ", functions)}]\n{Script}\n", TestContext.Current.CancellationToken);
            var command = new ProcessStartInfo("gdb", ["-nx", "-q", "-batch", "-ex", $"python exec(open('{script}').read())", binary.Path]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            command.Environment["GODEBUG"] = "asyncpreemptoff=1";
            command.Environment["GOMAXPROCS"] = "1";
            command.Environment["GOGC"] = "off";
            using var gdb = Process.Start(command)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(2));
            try
            {
                var errors = gdb.StandardError.ReadToEndAsync(limit.Token);
                var output = await gdb.StandardOutput.ReadToEndAsync(limit.Token);
                Assert.True(output.Contains("AT ", StringComparison.Ordinal), await errors);
                return [.. output.Split('\n').Where(line => line.StartsWith("AT ", StringComparison.Ordinal)).Select(line => line.Split(' '))
                    .Select(words => (ulong.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture)))];
            }
            finally
            {
                if (!gdb.HasExited)
                    gdb.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            File.Delete(script);
        }
    }
}

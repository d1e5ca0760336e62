using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Memory;

/// <summary>The same for arm64: qemu's user mode runs the program one instruction at a time.</summary>
public sealed class Arm64MapPhaseOracleTests
{
    private const int StepLimit = 3000; // In one call.

    public static TheoryData<string> Releases() => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task The_flag_in_memory_is_what_the_table_claims(string version)
    {
        using var flag = new MapFlagOracle(version, BuildMode.Arm64);
        using var program = await QemuStub.Start(flag.Binary.Path, TestContext.Current.CancellationToken);
        var steps = new List<(ulong Address, int Value)>();
        var functions = flag.Functions.ToDictionary(function => function.Function.Entry);
        Assert.True(program.ContinueTo(Assert.Single(flag.Binary.FindFunctions("main.main")).Entry));
        foreach (var entry in functions.Keys)
            program.Break(entry);
        var calls = functions.Keys.ToDictionary(entry => entry, _ => 0);
        var goesOn = program.Continue();
        while (goesOn)
        {
            goesOn = functions.TryGetValue(program.Pc, out var entered) && IsStepped(++calls[program.Pc])
                ? StepThrough(program, entered.Function.End, entered.MapArgument, flag.Offset, steps)
                : program.Continue();
        }

        flag.Compare(steps);
    }

    /// <summary>
    /// A step takes qemu long, so calls that go the way of others are left out. Maps grow at the 9th and the 14th or 15th key and move their entries in
    /// the next writes; strings are written again from the 13th call on, numbers from the 21st; keys are not found any more from the 5th delete and the 11th read on.
    /// </summary>
    private static bool IsStepped(int call) => call is 1 or 2 or 8 or 9 or 10 or (>= 13 and <= 16) or 21;

    /// <summary>Notes the byte at each instruction of a function and steps over its calls, because what they do to the flag is theirs; false when the program ended.</summary>
    private static bool StepThrough(QemuStub program, ulong end, int mapArgument, int offset, List<(ulong, int)> steps)
    {
        var (entry, map, caller) = (program.Pc, program[mapArgument], program[QemuStub.LinkRegister]);
        for (var step = 0; step < StepLimit; step++)
        {
            steps.Add((program.Pc, program.ReadByte(map + (ulong)offset)));
            if (!program.Step())
                return false;
            if (program.Pc >= entry && program.Pc < end)
                continue;
            if (program.Pc == caller)
                return true;
            if (!program.ContinueTo(program[QemuStub.LinkRegister]))
                return false;
            if (program.Pc < entry || program.Pc >= end)
                return true; // Another function that is stepped through.
        }

        return program.Continue();
    }
}

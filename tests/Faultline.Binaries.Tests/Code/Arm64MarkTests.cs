using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Arm64;

namespace Faultline.Binaries.Tests.Code;

/// <summary>What arm64 instructions do with a map's write mark: the byte at 8(R1), its bit 4.</summary>
public sealed class Arm64MarkTests
{
    private const uint Load = 0x3940_2022; // MOVBU 8(R1), R2
    private const uint Store = 0x3900_2022; // MOVB R2, 8(R1)
    private const uint StoreThird = 0x3900_2023; // MOVB R3, 8(R1)
    private const uint StoreZero = 0x3900_203F; // MOVB ZR, 8(R1)
    private const uint StoreElsewhere = 0x3900_2422; // MOVB R2, 9(R1)
    private const uint StoreOther = 0x3900_20C2; // MOVB R2, 8(R6)
    private const uint LoadZero = 0x3940_203F; // MOVBU 8(R1), ZR
    private const uint LoadOverMap = 0x3940_2021; // MOVBU 8(R1), R1
    private const uint Flip = 0xD27E_0042; // EOR $4, R2, R2
    private const uint FlipToThird = 0xD27E_0043; // EOR $4, R2, R3
    private const uint FlipAnother = 0x521D_0042; // EORW $8, R2, R2
    private const uint FlipByRegister = 0xCA03_0042; // EOR R3, R2, R2
    private const uint Clear = 0x927D_F842; // AND $-5, R2, R2
    private const uint ClearAnother = 0x927C_F842; // AND $-9, R2, R2
    private const uint Set = 0xB27E_0042; // ORR $4, R2, R2
    private const uint SetAnother = 0xB240_0042; // ORR $1, R2, R2
    private const uint Four = 0xB27E_03E2; // ORR $4, ZR, R2
    private const uint Zero = 0xAA1F_03E2; // MOVD ZR, R2
    private const uint CopyToThird = 0xAA02_03E3; // MOVD R2, R3
    private const uint Add = 0x9100_1042; // ADD $4, R2, R2
    private const uint ReloadMap = 0xF940_0BE1; // MOVD 16(RSP), R1
    private const uint ReloadFifth = 0xF940_0BE5; // MOVD 16(RSP), R5
    private const uint SkipNext = 0xB400_0044; // CBZ R4, 2(PC)
    private const uint Call = 0x9400_0400;
    private const uint Nop = 0xD503_201F;

    public static IEnumerable<TheoryDataRow<string, uint[]>> Stores()
    {
        yield return new("Flip", [Load, Flip, Store]);
        yield return new("Flip", [Load, ReloadFifth, Flip, Nop, Store]);
        yield return new("Flip", [Load, FlipToThird, StoreThird]);
        yield return new("Flip", [Load, Flip, CopyToThird, StoreThird]);
        yield return new("Flip", [Load, Flip, FlipAnother, Store]);
        yield return new("Flip", [Load, ClearAnother, Store, Flip, Store]);
        yield return new("Clear", [Load, Clear, Store]);
        yield return new("Clear", [Load, Set, Flip, Store]);
        yield return new("Clear", [Load, Flip, Clear, SetAnother, Store]);
        yield return new("Set", [Load, Set, Store]);
        yield return new("Set", [Load, Clear, Flip, Store]);
        yield return new("Keep", [Load, Store]);
        yield return new("Keep", [Load, ClearAnother, Store]);
        yield return new("Keep", [Load, Flip, Flip, Store]);
        yield return new("Keep", [Load, Flip, Store, ClearAnother, Store]);
        yield return new("Overwrite", [Store]);
        yield return new("Overwrite", [StoreZero]);
        yield return new("Overwrite", [LoadZero, StoreZero]);
        yield return new("Overwrite", [Load, Zero, Store]);
        yield return new("Overwrite", [Load, Four, Store]);
        yield return new("Overwrite", [Clear, Store]);
        yield return new("Overwrite", [Load, Add, Store]);
        yield return new("Overwrite", [Load, FlipByRegister, Store]);
        yield return new("Overwrite", [Load, ReloadMap, Flip, Store]);
        yield return new("Overwrite", [LoadOverMap, Flip, Store]);
        yield return new("Overwrite", [Load, Flip, StoreOther]);
        yield return new("Overwrite", [Load, Flip, StoreThird, Store]);
        yield return new("Overwrite", [Load, Flip, Call, Store]);
        yield return new("Overwrite", [SkipNext, Load, Flip, Store]);
        yield return new("None", [Load, Flip, StoreElsewhere]);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void The_last_instruction_does_this_with_the_mark(string use, uint[] words)
    {
        MarkStep[] steps = Arm64MarkReader.Read(words, 0x1000, new MarkByte(8, 4));
        Assert.Equal(words.Length, steps.Length);
        Assert.Equal(use, steps[^1].Use.ToString());
        Assert.All(words.Zip(steps), pair => Assert.Equal(pair.First is Load or LoadZero or LoadOverMap, pair.Second.Use == MarkUse.Read));
    }

    [Theory]
    [MemberData(nameof(MarkedProgram.Arm64Builds), MemberType = typeof(MarkedProgram))]
    public void Every_operation_of_the_runtime_is_read_to_its_end(int release, string variant)
    {
        using GoBinary binary = GoBinary.Open(MarkedProgram.PathOf(release, variant));
        var table = new MapPhaseTable(binary);
        Assert.True(table.IsReadable);
        foreach (var function in binary.Functions.Where(MapPhaseTable.IsOperation))
        {
            List<MapInstruction> reached = [.. table.Of(function).Where(row => row.Phases != MapPhases.None)];
            Assert.NotEmpty(reached);
            Assert.All(reached, row => Assert.NotEqual(WriteStage.Unknown, row.Flag));
            Assert.All(reached, row => Assert.Equal(row.Flag == WriteStage.Marked, row.Phases == MapPhases.Writing));
            Assert.All(reached.Where(row => row.Step == MapStep.Return), row => Assert.Equal(WriteStage.Unmarked, row.Flag));
            Assert.Equal(reached.Exists(row => row.Step == MapStep.FlagSet), reached.Exists(row => row.Step == MapStep.FlagClear));
            if (function.Name.Contains("mapassign", StringComparison.Ordinal))
                Assert.Single(reached, row => row.Step == MapStep.FlagSet);
            if (function.Name.Contains("mapaccess", StringComparison.Ordinal) || function.Name.Contains("Iter", StringComparison.Ordinal))
                Assert.DoesNotContain(reached, row => row.Flag == WriteStage.Marked);
        }
    }
}

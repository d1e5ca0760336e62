using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>Searches that start from marks, against reading the table from its start.</summary>
public sealed class PcValueMarksTests
{
    private const int RunCount = 5_000;

    [Fact]
    public void Marks_do_not_change_what_a_long_table_says()
    {
        var table = LongTable();
        var marks = new PcValueMarks();
        var runs = new PcValueRuns(table, 1, entry: 0, quantum: 1);
        List<(ulong Start, ulong End, int Value)> expected = [];
        for (var start = 0UL; runs.MoveNext(); start = runs.End)
            expected.Add((start, runs.End, runs.Value));
        Assert.Equal(RunCount, expected.Count);

        // From the back: the first search is the one that notes the marks.
        for (var index = expected.Count - 1; index >= 0; index--)
        {
            var (start, end, value) = expected[index];
            Assert.Equal((index, value), (index, marks.Find(table, 1, start)));
            Assert.Equal((index, value), (index, marks.Find(table, 1, end - 1)));
        }

        Assert.Equal(PcValueTable.None, marks.Find(table, 1, expected[^1].End));
        Assert.Equal(PcValueTable.None, marks.Find(table, 1, ulong.MaxValue));
        Assert.Equal(PcValueTable.None, marks.Find(table, 0, 1));
        Assert.Equal(PcValueTable.None, marks.Find(table, (uint)table.Length, 1));
    }

    [Fact]
    public void A_table_that_breaks_off_ends_there()
    {
        var table = LongTable().AsSpan(0, 3_000);
        var marks = new PcValueMarks();
        Assert.Equal(PcValueTable.None, marks.Find(table, 1, ulong.MaxValue));
        Assert.NotEqual(PcValueTable.None, marks.Find(table, 1, 2_000));
    }

    /// <summary>Values and distances of one and of two bytes, in groups, as compilers leave them; another table follows.</summary>
    private static byte[] LongTable()
    {
        var random = new SeededNumbers(20261124);
        List<byte> bytes = [0];
        for (var run = 0; run < RunCount; run++)
        {
            var wide = run / 50 % 3 == 2;
            Add(1 + random.Next(wide ? 300UL : 100UL));
            Add(1 + random.Next(wide ? 300UL : 100UL));
        }

        return [.. bytes, 0, 5, 5, 5, 5];

        void Add(ulong number)
        {
            for (; number >= 0x80; number >>= 7)
                bytes.Add((byte)(number | 0x80));
            bytes.Add((byte)number);
        }
    }
}

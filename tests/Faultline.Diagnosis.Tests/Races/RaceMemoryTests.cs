using System.Globalization;
using System.Text.RegularExpressions;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Slices;

namespace Faultline.Diagnosis.Tests.Races;

/// <summary>Slice headers come from the memory of the process that raced: real runs under the detector, cores by gdb, headers as the program itself printed them.</summary>
public sealed partial class RaceMemoryTests
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (string version in (string[])["1.19", "1.21", "1.24", "1.27"])
            {
                foreach (string kind in (string[])["globals", "locals", "fields"])
                    rows.Add(version, kind);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Headers_names_and_indexes_come_out_of_the_core(string version, string kind)
    {
        using RacedProcess raced = RacedProcess.Start(version, kind);
        RaceFinding finding = raced.Explain(raced.TakeCore());
        Assert.Equal(SameRunBasis.ProcessId, finding.Run!.Value.Basis);
        Assert.Equal(raced.Address, finding.Address);
        SharedArray array = finding.Array!;
        Assert.Equal((raced.Array, raced.ArrayIndex, ArrayBasis.Allocation), (array.Start, array.Index, array.Basis));
        foreach ((SliceSpan slice, long index) in raced.Slices)
        {
            SliceView view = Assert.Single(array.Slices, view => view.Slice.Name == slice.Name && view.Slice.Pointer == slice.Pointer);
            Assert.Equal((slice.Length, slice.ElementSize, index), (view.Slice.Length, view.Slice.ElementSize, view.Index));
            Assert.True(view.Slice.Capacity == slice.Capacity || (view.Slice.Capacity == slice.Length && view.Slice.Origin.EndsWith("its capacity is not kept there", StringComparison.Ordinal)));
        }

        Assert.Equal([0, 1], finding.Used.Select(used => used.Side).Order());
    }

    [Fact]
    public void Memory_of_another_process_or_build_is_not_used_and_the_report_says_why()
    {
        using RacedProcess raced = RacedProcess.Start("1.24", "locals");
        RaceMemory memory = raced.TakeCore();
        RaceFinding finding = raced.Explain(memory with { ProcessId = raced.ProcessId + 1 });
        Assert.Equal((SameRunBasis.None, null), (finding.Run!.Value.Basis, finding.Array));
        Assert.Contains($"that of process {raced.ProcessId}", finding.Run.Value.Because, StringComparison.Ordinal);

        // The same offsets lie on other lines: somebody edited the source in between.
        finding = raced.Explain(memory, edit: log => LineOfProgram().Replace(log, match => string.Create(CultureInfo.InvariantCulture, $"main.go:{int.Parse(match.ValueSpan["main.go:".Length..], CultureInfo.InvariantCulture) + 1}")));
        Assert.Equal((SameRunBasis.None, null), (finding.Run!.Value.Basis, finding.Array));
        Assert.Contains("another build", finding.Run.Value.Because, StringComparison.Ordinal);
    }

    /// <summary>Addresses and names of one run fit the memory of the next one, too.</summary>
    [Fact]
    public void Without_a_process_id_in_the_logs_name_no_memory_is_used()
    {
        using RacedProcess raced = RacedProcess.Start("1.24", "locals");
        using RacedProcess next = RacedProcess.Start("1.24", "locals");
        foreach (RacedProcess process in (RacedProcess[])[raced, next])
        {
            RaceFinding finding = raced.Explain(process.TakeCore(), "race.log");
            Assert.Equal((SameRunBasis.None, null), (finding.Run!.Value.Basis, finding.Array));
            Assert.Contains("nothing shows that it is of the run", finding.Run.Value.Because, StringComparison.Ordinal);
            Assert.Contains("GORACE=log_path", finding.Run.Value.Because, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"main\.go:\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LineOfProgram();
}

using System.Text;
using Faultline.Evidence.Races;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Races;

/// <summary>What makes two reports one race, and what hostile logs cannot do.</summary>
public sealed class RaceGroupTests
{
    [Fact]
    public void The_order_of_the_sides_does_not_matter()
    {
        string other = Report("main.a", 5, "main.b", 7);
        RaceGroup group = Assert.Single(RaceText.Read(Report("main.a", 5, "main.b", 7, isSwapped: true) + other + other).Groups);
        Assert.Equal(3, group.Count);
        Assert.Equal(3, Assert.Single(group.Places).Count);
    }

    [Fact]
    public void Lines_may_move_addresses_and_goroutines_differ_and_the_race_is_the_same()
    {
        RaceGroup before = Assert.Single(RaceText.Read(Report("main.a", 5, "main.b", 7)).Groups);
        RaceGroup after = Assert.Single(RaceText.Read(Report("main.a", 105, "main.b", 107).Replace("0x00c000018090", "0x00c000099990", StringComparison.Ordinal).Replace("goroutine 8", "goroutine 80", StringComparison.Ordinal)).Groups);
        Assert.Equal((before.First, before.Second), (after.First, after.Second));
    }

    [Fact]
    public void Pairs_of_lines_are_told_apart_within_a_race_and_counted()
    {
        RaceGroup group = Assert.Single(RaceText.Read(Report("main.a", 5, "main.b", 7) + Report("main.a", 6, "main.b", 7) + Report("main.a", 6, "main.b", 7)).Groups);
        Assert.Equal([2L, 1L], group.Places.Select(place => place.Count));
        Assert.Equal((2L, 30L, 1), (group.FirstLine, group.LastLine, group.AddressCount));
    }

    [Fact]
    public void A_read_and_a_write_of_the_same_functions_are_two_races()
    {
        RaceSummary races = RaceText.Read(Report("main.a", 5, "main.b", 7) + Report("main.a", 5, "main.b", 7).Replace("Previous read", "Previous write", StringComparison.Ordinal));
        Assert.Equal(2, races.Groups.Count);
    }

    [Fact]
    public void Whole_reports_stand_for_those_that_are_cut_off()
    {
        string report = Report("main.a", 5, "main.b", 7);
        RaceGroup group = Assert.Single(RaceText.Read(report.Replace("==================\n", "", StringComparison.Ordinal) + report).Groups);
        Assert.Equal(2, Assert.Single(group.Places).Count);
        Assert.False(group.Places[0].Example.IsCutOff);
    }

    [Fact]
    public void Caps_hold_and_are_said()
    {
        StringBuilder log = new();
        for (int race = 0; race < RaceLimits.GroupCount + 10; race++)
            log.Append(Report($"main.f{race}", 5, "main.b", 7));
        TracebackLog many = Assert.Single(RaceText.Logs(log.ToString()));
        Assert.Equal((RaceLimits.GroupCount, RaceLimits.GroupCount + 10L), (many.Races.Groups.Count, many.Races.ReportCount));
        Assert.Contains(many.Diagnostics, remark => remark.Id == RaceDiagnostics.TooManyGroups);

        string frames = string.Concat(Enumerable.Range(0, RaceLimits.FrameCount + 5).Select(frame => $"  main.r()\n      /src/r.go:{frame} +0x1\n"));
        TracebackLog deep = Assert.Single(RaceText.Logs("==================\nWARNING: DATA RACE\nWrite at 0x00c000018090 by goroutine 8:\n" + frames + "\nPrevious read at 0x00c000018090 by goroutine 7:\n  main.b()\n      /src/b.go:1 +0x1\n==================\n"));
        Assert.Equal([RaceLimits.FrameCount, 1], deep.Races.Groups[0].Places[0].Example.Accesses.Select(access => access.Stack.Frames.Count));
        Assert.Contains(deep.Diagnostics, remark => remark.Id == RaceDiagnostics.TooManyFrames);

        string sides = string.Concat(Enumerable.Range(0, 100_000).Select(side => $"Goroutine {side} (running) created at:\n"));
        TracebackLog wide = Assert.Single(RaceText.Logs(Report("main.a", 5, "main.b", 7).Replace("Goroutine 8 (running) created at:\n", sides, StringComparison.Ordinal)));
        Assert.Equal(RaceLimits.SideCount, wide.Races.Groups[0].Places[0].Example.Goroutines.Count);
    }

    /// <summary>Bytes changed, lines dropped and doubled at random: never an exception, never more reports than titles.</summary>
    [Fact]
    public void Damaged_reports_never_throw()
    {
        Random random = new(11);
        byte[] whole = Encoding.UTF8.GetBytes(RaceText.Map + RaceText.Lost + Report("main.a", 5, "main.b", 7));
        for (int turn = 0; turn < 5000; turn++)
        {
            byte[] text = [.. whole];
            for (int change = random.Next(1, 12); change > 0; change--)
                text[random.Next(text.Length)] = (byte)random.Next(256);
            int start = random.Next(text.Length);
            int size = random.Next(text.Length - start);
            byte[] damaged = turn % 2 == 0 ? text : [.. text[..start], .. text[start..(start + size)], .. text[start..]];
            TracebackLog[] logs = [.. Faultline.Evidence.Carriers.LogReader.Parse(new MemoryStream(damaged), "race.log")];
            Assert.InRange(logs.Sum(log => log.Races.ReportCount), 0, 6);
        }
    }

    private static string Report(string first, int firstLine, string second, int secondLine, bool isSwapped = false)
    {
        (string write, string read) = isSwapped ? ("Previous write", "Read") : ("Write", "Previous read");
        string one = $"{write} at 0x00c000018090 by goroutine 8:\n  {first}()\n      /src/app/main.go:{firstLine} +0xb1\n";
        string other = $"{read} at 0x00c000018090 by goroutine 7:\n  {second}()\n      /src/app/main.go:{secondLine} +0xb1\n";
        return $"==================\nWARNING: DATA RACE\n{(isSwapped ? other : one)}\n{(isSwapped ? one : other)}\nGoroutine 8 (running) created at:\n  main.main()\n      /src/app/main.go:3 +0x1f\n==================\n";
    }
}

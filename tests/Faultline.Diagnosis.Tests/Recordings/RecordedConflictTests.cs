using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Verdicts;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Tests.Recordings;

/// <summary>The rules for recorded rivals, event by event. The victim is goroutine 9, the suspect 10.</summary>
public sealed class RecordedConflictTests : IDisposable
{
    private const ulong Sleep = 14;
    private const ulong AssistWait = 7;
    private const ulong Semacquire = 13;

    private readonly EventStream _events = new();

    [Fact]
    public void A_write_entered_while_the_victim_was_inside_is_confirmed()
    {
        var rival = Assert.Single(_events.Read(9, 0).Write(10, 1).Fatal(9, 2).Rivals());
        Assert.Equal((10UL, Rules.RecordedOverlap, Confidence.Confirmed), (rival.Write.Enter.Goroutine, rival.Rule, rival.Confidence));
        Assert.Contains("1.0 µs before the fault", rival.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_only_write_that_nothing_ended_is_confirmed()
    {
        var rival = Assert.Single(_events.Write(10, 0).Read(9, 1).Fatal(9, 2).Rivals());
        Assert.Equal((Rules.RecordedInside, Confidence.Confirmed), (rival.Rule, rival.Confidence));
    }

    [Fact]
    public void A_write_that_ended_before_the_victim_came_is_no_candidate()
    {
        _events.Write(10, 0).Read(10, 1, EventStream.OtherMap)
            .Write(11, 0.1).Done(11, 1)
            .Write(12, 0.2).Exit(12, 1)
            .Write(13, 0.3).Park(13, 1, Sleep)
            .Write(14, 0.4).Add(ProbeKind.Unlock, 14, 1, 0x1000)
            .Read(9, 2).Fatal(9, 3);
        Assert.Empty(_events.Rivals());
    }

    [Theory]
    [InlineData(AssistWait)]
    [InlineData(Semacquire)]
    [InlineData(0)]
    [InlineData(200)]
    public void A_park_that_can_happen_inside_a_write_does_not_end_it(ulong reason)
        => Assert.Equal(Confidence.Confirmed, Assert.Single(_events.Write(10, 0).Park(10, 0.5, reason).Read(9, 1).Fatal(9, 2).Rivals()).Confidence);

    [Fact]
    public void Of_two_writes_under_way_neither_is_confirmed_and_the_later_comes_first()
    {
        var rivals = _events.Write(11, 0).Write(10, 1).Read(9, 2).Fatal(9, 3).Rivals();
        Assert.Equal([10UL, 11UL], rivals.Select(rival => rival.Write.Enter.Goroutine));
        Assert.All(rivals, rival => Assert.Equal((Rules.RecordedWrite, Confidence.Probable), (rival.Rule, rival.Confidence)));
    }

    [Fact]
    public void Writes_of_another_map_reads_and_other_processes_are_no_candidates()
        => Assert.Empty(_events.Write(10, 0, EventStream.OtherMap).Read(11, 0.1).Write(12, 0.2, process: 4001).Write(9, 0.3, process: 4001).Read(9, 1).Fatal(9, 2).Rivals());

    [Fact]
    public void What_a_number_of_a_process_did_before_it_ran_another_program_is_forgotten()
        => Assert.Empty(_events.Write(10, 0).Exec(EventStream.Process).Read(9, 1).Fatal(9, 2).Rivals());

    [Fact]
    public void A_write_entered_too_late_to_be_met_does_not_hide_the_one_before()
    {
        var rival = Assert.Single(_events.Write(10, 0).Read(9, 1).Write(10, 2.9).Fatal(9, 3).Rivals());
        Assert.Equal((EventStream.Start, Rules.RecordedInside, Confidence.Confirmed), (rival.Write.Enter.Time, rival.Rule, rival.Confidence));
    }

    [Fact]
    public void A_write_entered_too_late_to_be_met_is_not_confirmed()
        => Assert.Equal(Confidence.Probable, Assert.Single(_events.Read(9, 1).Write(10, 2.9).Fatal(9, 3).Rivals()).Confidence);

    [Fact]
    public void Who_raised_the_fault_as_well_never_left_his_write()
    {
        _events.Write(10, 0).Write(9, 200_000).Fatal(9, 200_001).Fatal(10, 200_002);
        var rival = Assert.Single(_events.Rivals());
        Assert.Equal((10UL, Rules.RecordedInside, Confidence.Confirmed), (rival.Write.Enter.Goroutine, rival.Rule, rival.Confidence));

        // Where a third writer can have been missed, both can be his victims.
        Assert.Equal(Confidence.Probable, Assert.Single(_events.Rivals(WithGap)).Confidence);
    }

    [Fact]
    public void Of_several_candidates_one_who_raised_the_fault_can_be_a_victim_of_the_same_writer()
    {
        var rivals = _events.Write(11, 0).Write(10, 0.5).Write(9, 1).Fatal(9, 2).Fatal(10, 2.5).Rivals();
        Assert.Equal(2, rivals.Count);
        Assert.All(rivals, rival => Assert.Equal(Confidence.Probable, rival.Confidence));
        Assert.All(_events.Rivals(WithGap, 11), rival => Assert.Equal(Confidence.Probable, rival.Confidence));
    }

    [Fact]
    public void A_writer_who_came_while_the_victim_was_held_up_is_not_confirmed_beside_the_one_who_was_there()
    {
        var rivals = _events.Write(11, 0).Read(9, 1).Write(10, 20).Fatal(9, 50).Rivals();
        Assert.Equal([10UL, 11UL], rivals.Select(rival => rival.Write.Enter.Goroutine).Order());
        Assert.All(rivals, rival => Assert.Equal(Confidence.Probable, rival.Confidence));
    }

    [Fact]
    public void A_third_writer_who_came_and_went_takes_the_certainty()
    {
        var rival = Assert.Single(_events.Write(10, 0).Write(12, 20).Read(12, 25, EventStream.OtherMap).Read(9, 30).Fatal(9, 31).Rivals());
        Assert.Equal(Confidence.Probable, rival.Confidence);
        Assert.Contains("without finding its mark", rival.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Readers_who_came_and_went_do_not()
        => Assert.Equal(Confidence.Confirmed, Assert.Single(_events.Write(10, 0).Read(12, 20).Read(12, 25, EventStream.OtherMap).Read(9, 30).Fatal(9, 31).Rivals()).Confidence);

    [Fact]
    public void A_writer_held_up_for_long_is_not_confirmed()
        => Assert.Equal(Confidence.Probable, Assert.Single(_events.Write(10, 0).Read(9, 200_000).Fatal(9, 200_001).Rivals()).Confidence);

    [Fact]
    public void A_victim_that_was_held_up_meets_one_of_many_and_none_is_confirmed()
    {
        var rivals = _events.Read(9, 0).Write(11, 100).Done(11, 101).Write(10, 5000).Fatal(9, 5001).Rivals();
        Assert.Equal([10UL, 11UL], rivals.Select(rival => rival.Write.Enter.Goroutine));
        Assert.All(rivals, rival => Assert.Equal(Confidence.Probable, rival.Confidence));
    }

    [Fact]
    public void A_held_up_victim_with_one_writer_is_confirmed_by_exclusion()
        => Assert.Equal((Rules.RecordedOverlap, Confidence.Confirmed), RuleOf(Assert.Single(_events.Read(9, 0).Write(10, 100).Write(10, 5000).Fatal(9, 5001).Rivals())));

    [Fact]
    public void A_write_by_a_goroutine_without_an_id_takes_the_certainty()
    {
        var rival = Assert.Single(_events.Write(0, 0).Write(10, 0.1).Read(9, 1).Fatal(9, 2).Rivals());
        Assert.Equal((10UL, Confidence.Probable), (rival.Write.Enter.Goroutine, rival.Confidence));
    }

    [Fact]
    public void Losses_at_that_time_take_the_certainty_and_losses_before_do_not()
    {
        _events.Write(10, 0).Read(9, 1).Fatal(9, 2);
        Assert.Equal(Confidence.Probable, Assert.Single(_events.Rivals(WithGap)).Confidence);
        Assert.Equal(Confidence.Confirmed, Assert.Single(_events.Rivals(recording => recording with { Gaps = [new RecordingGap(0, EventStream.Start - 1, 0, 7)] })).Confidence);
        Assert.Equal(Confidence.Probable, Assert.Single(_events.Rivals(recording => recording with { HasUnplacedLoss = true })).Confidence);
        Assert.Equal(Confidence.Probable, Assert.Single(_events.Rivals(recording => recording with { CompleteUntil = EventStream.Start })).Confidence);
    }

    [Fact]
    public void A_ring_that_does_not_reach_back_takes_the_certainty()
    {
        // The second processor was busier: its ring begins a millisecond before.
        _events.Add(ProbeKind.Exit, 77, -1000, 0, cpu: 1).Write(10, 0).Read(9, 1).Fatal(9, 2);
        var ring = _events.Build(isRing: true);
        Assert.Equal(Confidence.Probable, Assert.Single(_events.Rivals(ring, ring.Faults[0])).Confidence);
        var whole = _events.Build();
        Assert.Equal(Confidence.Confirmed, Assert.Single(_events.Rivals(whole, whole.Faults[0])).Confidence);
    }

    [Fact]
    public void A_write_function_without_a_probe_takes_the_certainty()
    {
        using EventStream events = new(isProbed: false);
        var rival = Assert.Single(events.Write(10, 0).Read(9, 1).Fatal(9, 2).Rivals());
        Assert.Equal(Confidence.Probable, rival.Confidence);
        Assert.Contains("not every function", rival.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_faults_event_the_last_access_stands_for_it_and_nothing_is_confirmed()
    {
        var recording = _events.Write(10, 0).Read(9, 1).Write(10, 50).Build();
        Assert.Empty(recording.Faults);
        var fault = Assert.Single(recording.InferFaults(9));
        Assert.True(fault.IsInferred);
        Assert.Equal(Confidence.Probable, Assert.Single(_events.Rivals(recording, fault)).Confidence);
        Assert.Empty(recording.InferFaults(99));
    }

    [Fact]
    public void A_fault_of_a_goroutine_that_was_never_seen_has_no_candidates()
        => Assert.Empty(_events.Write(10, 0).Fatal(9, 2).Rivals());

    [Fact]
    public void A_million_operations_under_way_are_followed_in_bounded_memory_and_what_was_forgotten_is_known()
    {
        for (ulong goroutine = 100; goroutine < 100 + 1_000_000; goroutine++)
            _events.Write(goroutine, goroutine / 1000.0, EventStream.OtherMap);
        var recording = _events.Write(10, 2000).Read(9, 2001).Fatal(9, 2002).Build();
        Assert.True(recording.ForgottenTime(EventStream.Process) > EventStream.Start);
        Assert.Equal(Confidence.Probable, Assert.Single(_events.Rivals(recording, recording.Faults[0])).Confidence);
    }

    [Fact]
    public void A_victims_entry_that_the_ring_forgot_takes_the_certainty_but_not_the_rival()
    {
        _events.Read(9, 0);
        for (int i = 0; i < ProcessTrack.RingSize + 10; i++)
            _events.Write(10, 1 + (i / 100.0));
        var rival = Assert.Single(_events.Fatal(9, 2000).Rivals());
        Assert.Equal((10UL, Confidence.Probable), (rival.Write.Enter.Goroutine, rival.Confidence));
    }

    [Fact]
    public void Random_events_are_survived_and_name_nobody_twice()
    {
        Random random = new(20260);
        for (int round = 0; round < 50; round++)
        {
            using EventStream events = new();
            double time = 0;
            for (int i = 0; i < 400; i++)
            {
                time += random.NextDouble() * 3;
                events.Add((ProbeKind)random.Next(0, 23), (ulong)random.Next(0, 6), time, random.Next(3) == 0 ? EventStream.OtherMap : EventStream.Map, (ulong)random.Next(0, 50), 4000 + random.Next(2));
            }

            var recording = events.Build();
            foreach (var fault in recording.Faults)
            {
                var rivals = events.Rivals(recording, fault);
                Assert.Equal(rivals.Count, rivals.DistinctBy(rival => rival.Write.Enter.Goroutine).Count());
                Assert.All(rivals, rival => Assert.True(rival.Write.IsWrite && rival.Write.Enter.Goroutine != fault.Goroutine && rival.Write.Enter.Goroutine != 0));
            }
        }
    }

    public void Dispose() => _events.Dispose();

    private static Recording WithGap(Recording recording) => recording with { Gaps = [new RecordingGap(EventStream.Start - 100, EventStream.Start + 100, 0, 7)], LostCount = 7 };

    private static (string Rule, Confidence Confidence) RuleOf(RecordedRival rival) => (rival.Rule, rival.Confidence);
}

using System.Runtime.InteropServices;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Scheduling;

/// <summary>Follows the goroutines of detailed steps: since when each is seen in one state. A fixed number of bytes a goroutine, and a cap on those.</summary>
internal sealed class GoroutineTracker
{
    private const long None = -1;

    private readonly Dictionary<long, State> states = [];
    private readonly ReasonTable reasons = new();
    private readonly List<long> gone = [];
    private long step;
    private long time;
    private long logLine;
    private bool isNewRound;

    /// <summary>Steps with goroutines so far, since the last <see cref="Reset"/>.</summary>
    public long Round { get; private set; }

    /// <summary>The first goroutine that was left out; null when all were followed.</summary>
    public long? FirstLeftOutLine { get; private set; }

    public void Begin(long index, SchedulerHeader header)
    {
        step = index;
        time = header.Time;
        logLine = header.LogLine;
        isNewRound = true;
    }

    public void Take(SchedulerGoroutine goroutine)
    {
        int status = GoroutineStatus.WithoutScan(goroutine.Status);
        Round += isNewRound ? 1 : 0;
        isNewRound = false;
        if (GoroutineStatus.IsDead(status))
            return;
        if (states.Count >= SchedulerLimits.GoroutineCount && !states.ContainsKey(goroutine.Id))
        {
            FirstLeftOutLine ??= logLine;
            return;
        }

        // A reason is stale unless the goroutine waits.
        ushort reason = reasons.IdOf(status == GoroutineStatus.Waiting ? goroutine.Reason : "");
        ref State state = ref CollectionsMarshal.GetValueRefOrAddDefault(states, goroutine.Id, out bool isKnown);
        if (!isKnown || state.Status != status || state.Reason != reason || (status == GoroutineStatus.Syscall && state.Thread != (goroutine.Thread ?? None)))
        {
            state.SinceRound = Round;
            state.SinceStep = step;
            state.SinceTime = time;
            state.Status = (short)Math.Min(status, short.MaxValue);
            state.Reason = reason;
        }

        state.LastRound = Round;
        state.Thread = goroutine.Thread ?? None;
        state.LockedThread = goroutine.LockedThread ?? None;
    }

    /// <summary>Forgets goroutines that ended. One round late, because the last step of a log may be cut off.</summary>
    public void End()
    {
        gone.Clear();
        foreach ((long id, State state) in states)
        {
            if (state.LastRound < Round - 1)
                gone.Add(id);
        }

        foreach (long id in gone)
            states.Remove(id);
    }

    /// <summary>Begins anew: another process.</summary>
    public void Reset()
    {
        states.Clear();
        Round = 0;
    }

    /// <summary>The goroutines seen at the last step, or the one before when that was cut off, and how many of them changed in the last rounds.</summary>
    public IReadOnlyList<UnchangedGoroutine> Unchanged(long lastRound, int mostRecentRounds, out long changedCount)
    {
        List<UnchangedGoroutine> unchanged = [];
        changedCount = 0;
        foreach ((long id, State state) in states)
        {
            if (state.LastRound < lastRound)
                continue;
            long rounds = lastRound - state.SinceRound + 1;
            if (rounds >= mostRecentRounds)
                unchanged.Add(new UnchangedGoroutine(id, state.Status, reasons[state.Reason], Value(state.Thread), Value(state.LockedThread), state.SinceStep, state.SinceTime, rounds));
            else
                changedCount++;
        }

        return unchanged;
    }

    private static long? Value(long stored) => stored == None ? null : stored;

    [StructLayout(LayoutKind.Auto)]
    private struct State
    {
        public long SinceRound;
        public long SinceStep;
        public long SinceTime;
        public long LastRound;
        public long Thread;
        public long LockedThread;
        public short Status;
        public ushort Reason;
    }
}

/// <summary>A goroutine that was seen in one state at each of the last steps.</summary>
internal sealed record UnchangedGoroutine(long Id, int Status, string Reason, long? Thread, long? LockedThread, long SinceStep, long SinceTime, long Rounds);

namespace Faultline.Evidence.ExecutionTraces;

/// <content>What is known of each goroutine, processor and thread.</content>
internal sealed partial class EventOrder
{
    private enum ProcPhase : ulong
    {
        Running = 1,
        Idle = 2,
        Syscall = 3,
        Abandoned = 4,
    }

    /// <summary>A number that counts the turns of a goroutine or processor and starts anew in each generation.</summary>
    private abstract class Sequenced
    {
        private ulong _generation;
        private ulong _number;

        public void Restart(ulong generation) => (_generation, _number) = (generation, 0);

        public bool Precedes(ulong generation, ulong number) => generation == _generation && number == _number + 1;

        public void Move() => _number++;
    }

    private sealed class GoroutineState : Sequenced
    {
        public TraceState State { get; set; }

        public ulong StopReason { get; set; }
    }

    private sealed class ProcState : Sequenced
    {
        public ProcPhase Phase { get; set; }
    }

    private sealed class ThreadState
    {
        public long Goroutine { get; set; } = TraceEvent.Nobody;

        public long Proc { get; set; } = TraceEvent.Nobody;
    }
}

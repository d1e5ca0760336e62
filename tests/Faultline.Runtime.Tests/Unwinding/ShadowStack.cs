using Faultline.Binaries.GoSym;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>
/// What a processor's shadow stack would hold: the return addresses of the calls seen so far, from watching single steps. It knows nothing
/// of tables, frame pointers or g, so it can judge who does.
/// </summary>
internal sealed class ShadowStack(ulong[] signalEntries, ulong preemptEntry, FuncInfo[] schedulerExits)
{
    private readonly List<(ulong ReturnAddress, ulong Sp, bool IsExact)> _calls = [];

    public int Depth => _calls.Count;

    /// <summary>Entries by distance from the innermost.</summary>
    public (ulong ReturnAddress, ulong Sp, bool IsExact) this[int index] => _calls[_calls.Count - 1 - index];

    /// <summary>Notes what one instruction did.</summary>
    public void Step(Snapshot before, Snapshot after)
    {
        var (pc, sp) = (before.Registers.Pc, before.Registers.Sp);
        var (nextPc, nextSp) = (after.Registers.Pc, after.Registers.Sp);
        if (signalEntries.Contains(nextPc) && !signalEntries.Contains(pc) && after.Word(nextSp) - pc > 15)
        {
            // The kernel came between: the instruction has not run.
            _calls.Add((pc, sp, IsExact: true));
            return;
        }

        if (nextSp == sp - 8 && after.Word(nextSp) is var pushed && pushed > pc && pushed <= pc + 7 && nextPc != pushed)
        {
            _calls.Add((pushed, sp, IsExact: false));
            return;
        }

        // A return, a return from the scheduler, or from a signal: some call, most often the last, has come back.
        for (var index = _calls.Count - 1; index >= 0; index--)
        {
            var call = _calls[index];
            if (nextPc == call.ReturnAddress && nextSp == call.Sp && (!call.IsExact || sp != nextSp))
            {
                _calls.RemoveRange(index, _calls.Count - index);
                return;
            }

            // The signal's handler made it look as if the interrupted instruction had called.
            if (call.IsExact && nextPc == preemptEntry && nextSp == call.Sp - 8 && after.Word(nextSp) == call.ReturnAddress)
            {
                _calls.RemoveRange(index + 1, _calls.Count - index - 1);
                return;
            }
        }

        // The scheduler goes on somewhere else in a goroutine, as after a recovered panic: what had been called since is given up.
        if (schedulerExits.Any(function => pc >= function.Entry && pc < function.End) && !schedulerExits.Any(function => nextPc >= function.Entry && nextPc < function.End))
        {
            while (_calls.Count > 0 && _calls[^1].Sp - nextSp - 1 >= 1 << 20)
                _calls.RemoveAt(_calls.Count - 1);
        }
    }
}

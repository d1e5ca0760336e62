using System.Runtime.InteropServices;
using Faultline.Binaries.Code.Arm64;
using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>
/// Tells at which instructions of a function that moves the stack pointer to another stack it still is, or again is, on the stack that it
/// was called on. The table of frame sizes holds there and nowhere else in the function. Immutable.
/// </summary>
internal sealed class StackPointerFlow
{
    // The runtime's longest such function has some 200 instructions.
    private const int InstructionLimit = 4096;

    private readonly List<Step> _steps = [];
    private readonly State[] _states;

    private StackPointerFlow(GoBinary binary, int functionIndex)
    {
        var table = binary.Pclntab!;
        var (entry, end) = (table.EntryOf(functionIndex), table.EndOf(functionIndex));
        if (end > entry && end - entry <= InstructionLimit * Arm64Instruction.Size)
        {
            var function = new FuncInfo(functionIndex, Name: "", entry, end);
            if (binary.Architecture == "arm64")
                ReadArm64(binary, function);
            else
                ReadAmd64(binary, function);
        }

        _states = new State[_steps.Count];
        FindKept(table, table.GetRecord(functionIndex));
        Spread();
    }

    /// <exception cref="Reading.MalformedDataException">The function's record is broken.</exception>
    public static StackPointerFlow Follow(GoBinary binary, int functionIndex) => new(binary, functionIndex);

    /// <summary>True when the instruction at, or around, an address runs on the caller's stack on every path. False where no path is known.</summary>
    public bool IsOwnStack(ulong address) => Holding(address) is >= 0 and var index && _states[index] is { IsReached: true, IsAway: false };

    private int Holding(ulong address)
    {
        var (low, high) = (0, _steps.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_steps[middle].Flow.NextAddress <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low < _steps.Count && _steps[low].Flow.Address <= address ? low : -1;
    }

    private void ReadAmd64(GoBinary binary, in FuncInfo function)
    {
        var decoder = new FunctionDecoder(binary);
        decoder.Start(function);
        while (_steps.Count < InstructionLimit && decoder.TryDecode(out var instruction))
        {
            var step = new Step(FunctionBody.StepOf(instruction));
            var writesFirst = instruction.Op0Kind == OpKind.Register && instruction.Mnemonic is not (Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Push);
            if (writesFirst && instruction.Op0Register.GetFullRegister() is >= Register.RAX and <= Register.R15 and var written)
            {
                if (written == Register.RSP)
                    step = step with { Effect = Effect.Write };
                else
                    step = step with { Clobbers = Bit(written) };
                if (instruction.Mnemonic == Mnemonic.Mov && instruction.Op1Kind == OpKind.Register)
                    step = Moved(step, written == Register.RSP, instruction.Op1Register == Register.RSP, Bit(written), Bit(instruction.Op1Register));
            }

            if (step.Flow.Kind is StepKind.Call or StepKind.IndirectCall)
                step = step with { Clobbers = ~(Bit(Register.RBX) | Bit(Register.RBP) | Bit(Register.R12) | Bit(Register.R13) | Bit(Register.R14) | Bit(Register.R15)) };
            _steps.Add(step);
        }

        static uint Bit(Register register) => 1u << ((register - Register.RAX) & 31);
    }

    private void ReadArm64(GoBinary binary, in FuncInfo function)
    {
        const int stackPointer = 31;
        const uint calleeSaved = 0x1FF8_0000;
        var bytes = new byte[(int)(function.End - function.Entry)];
        var words = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, binary.Read(function.Entry, bytes) & ~(Arm64Instruction.Size - 1)));
        for (var index = 0; index < words.Length; index++)
        {
            var address = function.Entry + (ulong)(index * Arm64Instruction.Size);
            var instruction = Arm64Instruction.Decode(words[index], address);
            var step = new Step(FunctionBody.StepOf(instruction, address));
            switch (instruction.Kind)
            {
                case Arm64Kind.AddImmediate when instruction.Destination == stackPointer:
                    step = step with { Effect = Effect.Write };
                    if (instruction.Immediate == 0)
                        step = Moved(step, toStackPointer: true, fromStackPointer: false, 0, 1u << instruction.Source);
                    break;
                case Arm64Kind.AddImmediate when instruction.Source == stackPointer && instruction.Immediate == 0:
                    step = Moved(step with { Clobbers = 1u << instruction.Destination }, toStackPointer: false, fromStackPointer: true, 1u << instruction.Destination, 0);
                    break;
                case Arm64Kind.AddImmediate or Arm64Kind.Move or Arm64Kind.Load or Arm64Kind.Address:
                    step = step with { Clobbers = 1u << instruction.Destination };
                    break;
                case Arm64Kind.Call or Arm64Kind.IndirectCall:
                    step = step with { Clobbers = ~calleeSaved };
                    break;
                case Arm64Kind.Other or Arm64Kind.Access:
                    step = step with { Clobbers = instruction.Clobbers };
                    break;
            }

            _steps.Add(step);
        }
    }

    private static Step Moved(Step step, bool toStackPointer, bool fromStackPointer, uint destination, uint source) =>
        toStackPointer ? step with { Effect = Effect.Restore, Register = source }
        : fromStackPointer ? step with { Effect = Effect.Save, Register = destination }
        : step;

    /// <summary>The assembler follows pushes and changes by a constant: where the table changes with a write, it is a frame that opens or closes.</summary>
    private void FindKept(Pclntab table, in FunctionRecord record)
    {
        for (var index = 0; index < _steps.Count; index++)
        {
            var step = _steps[index];
            if (step.Effect is Effect.Write or Effect.Restore
                && table.FindStackDelta(record, step.Flow.Address) != table.FindStackDelta(record, step.Flow.NextAddress))
            {
                _steps[index] = step with { Effect = Effect.None };
            }
        }
    }

    private void Spread()
    {
        if (_steps.Count == 0)
            return;
        _states[0] = new State(IsReached: true, IsAway: false, Saved: 0);
        Stack<int> pending = new([0]);
        while (pending.TryPop(out var index))
        {
            var flow = _steps[index].Flow;
            var after = After(_steps[index], _states[index]);
            if (flow.Kind is StepKind.Jump or StepKind.ConditionalJump)
                Reach(Holding(flow.Target), after, pending);
            if (flow.Kind is StepKind.Next or StepKind.ConditionalJump or StepKind.Call or StepKind.IndirectCall)
                Reach(index + 1, after, pending);
        }
    }

    private static State After(in Step step, State before)
    {
        var saved = before.Saved & ~step.Clobbers;
        return step.Effect switch
        {
            Effect.Save => before with { Saved = before.IsAway ? saved & ~step.Register : saved | step.Register },
            Effect.Restore => new State(IsReached: true, IsAway: (before.Saved & step.Register) == 0, saved),
            Effect.Write => new State(IsReached: true, IsAway: true, saved),
            _ => before with { Saved = saved },
        };
    }

    /// <summary>States only get worse, so this ends.</summary>
    private void Reach(int index, State state, Stack<int> pending)
    {
        if (index < 0 || index >= _states.Length)
            return;
        var known = _states[index];
        var joined = known.IsReached ? new State(IsReached: true, known.IsAway || state.IsAway, known.Saved & state.Saved) : state;
        if (joined == known)
            return;
        _states[index] = joined;
        pending.Push(index);
    }

    private enum Effect : byte
    {
        None,

        /// <summary>The stack pointer is copied to a register.</summary>
        Save,

        /// <summary>A register is copied to the stack pointer.</summary>
        Restore,

        Write,
    }

    /// <param name="Clobbers">Registers that it changes, as a bit set.</param>
    /// <param name="Register">The register of a save or restore, as a bit set.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Step(CodeStep Flow, Effect Effect = Effect.None, uint Clobbers = 0, uint Register = 0);

    /// <param name="IsAway">On some path the stack pointer is on another stack.</param>
    /// <param name="Saved">Registers that hold the stack pointer of the function's own stack.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct State(bool IsReached, bool IsAway, uint Saved);
}

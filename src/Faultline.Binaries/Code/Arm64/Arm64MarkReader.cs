using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Arm64;

/// <summary>
/// The write mark in arm64 code: the byte is loaded (<c>LDRB</c>), changed in a register by a constant (<c>EOR</c>, <c>AND</c>, <c>ORR</c>) and
/// stored back (<c>STRB</c>). A stored byte that comes from anywhere else can be any, and where it goes can be another object than the map.
/// </summary>
internal sealed class Arm64MarkReader(GoBinary binary, MarkByte mark) : IMarkReader
{
    private const uint StoreByte = 0x3900_0000;
    private const int ZeroRegister = 31; // The stack pointer, where it is a base.

    public MarkStep[] Read(FuncInfo function)
    {
        ulong size = function.End > function.Entry ? function.End - function.Entry : 0;
        byte[] bytes = new byte[Math.Min(size, IMarkReader.FunctionLimit * Arm64Instruction.Size)];
        int count = binary.Read(function.Entry, bytes) & ~(Arm64Instruction.Size - 1);
        return Read(MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, count)), function.Entry, mark);
    }

    internal static MarkStep[] Read(ReadOnlySpan<uint> words, ulong entry, MarkByte mark)
    {
        var code = new Arm64Instruction[words.Length];
        var labels = new HashSet<int>();
        for (int i = 0; i < code.Length; i++)
        {
            code[i] = Arm64Instruction.Decode(words[i], entry + (ulong)(i * Arm64Instruction.Size));
            if (code[i].Kind is Arm64Kind.Jump or Arm64Kind.ConditionalJump && (code[i].Target - entry) / Arm64Instruction.Size is var label && label < (ulong)code.Length)
                labels.Add((int)label);
        }

        var steps = new MarkStep[code.Length];
        for (int i = 0; i < steps.Length; i++)
            steps[i] = new MarkStep(FunctionBody.StepOf(code[i], entry + (ulong)(i * Arm64Instruction.Size)), UseOf(code, i, labels, mark));
        return steps;
    }

    private static MarkUse UseOf(Arm64Instruction[] code, int index, HashSet<int> labels, MarkByte mark) =>
        !IsByte(code[index], mark) ? MarkUse.None : IsStore(code[index]) ? UseOfStored(code, index, labels, mark) : MarkUse.Read;

    /// <summary>Walks back from a store through the straight code before it, to the load of the byte.</summary>
    private static MarkUse UseOfStored(Arm64Instruction[] code, int index, HashSet<int> labels, MarkByte mark)
    {
        (int register, int map) = (code[index].Destination, code[index].Source);
        bool isFlipped = false;
        MarkUse? constant = null;
        for (int at = index - 1; at >= 0 && register != ZeroRegister && !labels.Contains(at + 1) && IsStraight(code[at].Kind); at--)
        {
            ref readonly Arm64Instruction before = ref code[at];
            if (IsByte(before, mark) && (IsStore(before) || before.Destination == register))
            {
                // Behind the load, and behind a store of the register, the register holds what the byte in memory is.
                bool isSame = before.Source == map && before.Destination == register && (IsStore(before) || map != register);
                return !isSame ? MarkUse.Overwrite : constant ?? (isFlipped ? MarkUse.Flip : MarkUse.Keep);
            }
            if (Changes(before, map))
                return MarkUse.Overwrite;
            if (!Changes(before, register))
                continue;
            if (before.Kind == Arm64Kind.Move)
            {
                register = before.Source;
                continue;
            }
            if (!IsLogical(before.Word) || !LogicalImmediate.TryDecode(before.Word, out ulong mask))
                return MarkUse.Overwrite;
            bool isInMask = (mask & mark.Bit) != 0;
            switch ((before.Word >> 29) & 3)
            {
                case 1 when isInMask:
                    constant ??= isFlipped ? MarkUse.Clear : MarkUse.Set;
                    break;
                case 2:
                    isFlipped ^= isInMask;
                    break;
                case 0 or 3 when !isInMask:
                    constant ??= isFlipped ? MarkUse.Set : MarkUse.Clear;
                    break;
            }
            register = before.Source;
        }
        return MarkUse.Overwrite;
    }

    /// <summary><c>LDRB</c>, <c>LDRSB</c> or <c>STRB</c> of the byte at the mark's offset from a pointer.</summary>
    private static bool IsByte(in Arm64Instruction instruction, MarkByte mark) =>
        instruction.Kind == Arm64Kind.Access && (instruction.Word & 0xFF00_0000) == StoreByte
        && instruction.Immediate == mark.Offset && instruction.Source != ZeroRegister;

    private static bool IsStore(in Arm64Instruction access) => (access.Word & 0xFFC0_0000) == StoreByte;

    private static bool IsLogical(uint word) => (word & 0x1F80_0000) == 0x1200_0000;

    private static bool IsStraight(Arm64Kind kind) =>
        kind is Arm64Kind.Other or Arm64Kind.Address or Arm64Kind.AddImmediate or Arm64Kind.Move or Arm64Kind.Load or Arm64Kind.Store or Arm64Kind.Access;

    private static bool Changes(in Arm64Instruction instruction, int register)
    {
        uint changed = instruction.Kind switch
        {
            Arm64Kind.Store => 0,
            Arm64Kind.Other or Arm64Kind.Access => instruction.Clobbers,
            _ => 1u << instruction.Destination,
        };
        return (changed & (1u << register)) != 0;
    }
}

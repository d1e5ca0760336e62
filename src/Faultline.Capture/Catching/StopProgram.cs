using System.Buffers.Binary;

namespace Faultline.Capture.Catching;

/// <summary>
/// The program that the kernel runs when a thread meets a fatal point: it keeps who that was, when, and the thread's registers, and stops the process. The signal goes to that very thread, which
/// therefore runs no further; sent to the process, another one would have to be scheduled first. Instructions and numbers of helpers are those
/// of <c>linux/bpf.h</c>; the registers are the kernel's <c>pt_regs</c> of amd64, the first words of <c>user_regs_struct</c>.
/// </summary>
internal static class StopProgram
{
    public const int RegisterCount = 21;

    /// <summary>Thread group and thread, time, registers.</summary>
    public const int RecordSize = (2 + RegisterCount) * 8;

    private const int InstructionSize = 8;
    private const int StopSignal = 19;
    private const int LookUp = 1, Time = 5, CurrentTask = 14, Push = 87, SignalThread = 117;

    /// <summary>A word of zero, the key of the only entry of the switch, at the end of the frame; the record lies before it.</summary>
    private const short KeyOffset = -8, RecordOffset = KeyOffset - RecordSize;

    /// <param name="records">Descriptor of the queue that records go to.</param>
    /// <param name="off">Descriptor of an array with one number: while that is not 0, nothing happens.</param>
    public static byte[] Build(int records, int off)
    {
        List<byte> code = [];
        Add(0xbf, 6, 1); // r6 = the registers
        Add(0x62, 10, offset: KeyOffset);
        LoadMap(1, off);
        Add(0xbf, 2, 10);
        Add(0x07, 2, value: KeyOffset);
        Add(0x85, value: LookUp);
        int isMissing = Add(0x15, 0); // to the end when r0 is 0
        Add(0x61, 1, 0);
        int isOff = Add(0x55, 1); // to the end when r1 is not 0
        Add(0x85, value: CurrentTask);
        Add(0x7b, 10, 0, RecordOffset);
        Add(0x85, value: Time);
        Add(0x7b, 10, 0, RecordOffset + 8);
        for (short i = 0; i < RegisterCount; i++)
        {
            Add(0x79, 1, 6, (short)(8 * i));
            Add(0x7b, 10, 1, (short)(RecordOffset + 16 + (8 * i)));
        }

        LoadMap(1, records);
        Add(0xbf, 2, 10);
        Add(0x07, 2, value: RecordOffset);
        Add(0xb7, 3);
        Add(0x85, value: Push);
        Add(0xb7, 1, value: StopSignal);
        Add(0x85, value: SignalThread);
        int end = Add(0xb7, 0);
        Add(0x95);
        byte[] program = [.. code];
        foreach (int jump in (int[])[isMissing, isOff])
            BinaryPrimitives.WriteInt16LittleEndian(program.AsSpan((jump * InstructionSize) + 2), (short)(end - jump - 1));
        return program;

        int Add(byte operation, byte target = 0, byte source = 0, short offset = 0, int value = 0)
        {
            Span<byte> instruction = stackalloc byte[InstructionSize];
            instruction[0] = operation;
            instruction[1] = (byte)(target | (source << 4));
            BinaryPrimitives.WriteInt16LittleEndian(instruction[2..], offset);
            BinaryPrimitives.WriteInt32LittleEndian(instruction[4..], value);
            code.AddRange(instruction);
            return (code.Count / InstructionSize) - 1;
        }

        void LoadMap(byte target, int descriptor)
        {
            const byte mapDescriptor = 1;
            Add(0x18, target, mapDescriptor, value: descriptor);
            Add(0);
        }
    }
}

using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Arm64;

/// <summary>
/// The scan of arm64 code. Registers are followed through each function, along forward and backward jumps, as far as they hold addresses that the
/// code itself computes (<c>ADRP</c> and <c>ADD</c>), places in the frame or new objects; memory is not followed.
/// </summary>
internal sealed class Arm64Scanner
{
    private const int FunctionSizeLimit = 16 * 1024 * 1024;
    private const int PassLimit = 8;
    private const int LabelLimit = 1 << 16;

    /// <summary>Registers that the write barrier changes: its buffer pointer (x25), the linker's scratch registers and the return address.</summary>
    private const uint BarrierClobbers = (1u << 16) | (1u << 17) | (1u << 25) | (1u << 27) | (1u << 30);

    private readonly GoBinary binary;
    private readonly FunctionMap functions;
    private readonly CodeScan scan;
    private readonly Func<int, ulong> findAddress;
    private readonly Func<int, long?> findFrameSlot;
    private readonly Dictionary<ulong, RegisterValues?> labels = [];
    private readonly Dictionary<ulong, ulong> closureEntries = [];
    private readonly RegisterValues registers = new();
    private readonly GlobalOffsetTable offsetTable;
    private byte[] buffer = [];

    /// <summary>Whether code can follow the instruction before without a jump to it.</summary>
    private bool isReached;

    public Arm64Scanner(GoBinary binary, FunctionMap functions, CodeScan scan)
    {
        this.binary = binary;
        this.functions = functions;
        this.scan = scan;
        offsetTable = new GlobalOffsetTable(binary);
        findAddress = FindAddress;
        findFrameSlot = FindFrameSlot;
    }

    public void Run()
    {
        for (int user = 0; user < functions.Count; user++)
            Visit(user);
    }

    /// <summary>The values of labels only lose with every pass, so few passes do; a function that needs more is looked at without any.</summary>
    private void Visit(int user)
    {
        ReadOnlySpan<uint> words = Read(functions[user]);
        FindLabels(user, words);
        bool hasChanged = labels.Count > 0;
        for (int pass = 0; hasChanged && pass < PassLimit; pass++)
            hasChanged = Pass(user, words, isRecording: false);
        if (hasChanged)
        {
            foreach (ulong label in labels.Keys)
                labels[label] = new RegisterValues();
        }

        closureEntries.Clear();
        Pass(user, words, isRecording: true);
    }

    private ReadOnlySpan<uint> Read(FuncInfo function)
    {
        int size = function.End > function.Entry ? (int)Math.Min(function.End - function.Entry, FunctionSizeLimit) : 0;
        if (buffer.Length < size)
            buffer = new byte[Math.Max(size, 64 * 1024)];
        int count = size == 0 ? 0 : binary.Read(function.Entry, buffer.AsSpan(0, size));
        return MemoryMarshal.Cast<byte, uint>(buffer.AsSpan(0, count & ~3));
    }

    private void FindLabels(int user, ReadOnlySpan<uint> words)
    {
        labels.Clear();
        FuncInfo function = functions[user];
        for (int index = 0; index < words.Length; index++)
        {
            var instruction = Arm64Instruction.Decode(words[index], function.Entry + (ulong)(index * Arm64Instruction.Size));
            if (instruction.Kind is Arm64Kind.Jump or Arm64Kind.ConditionalJump && instruction.Target - function.Entry < function.End - function.Entry)
                labels[instruction.Target] = labels.Count < LabelLimit ? null : new RegisterValues();
        }
    }

    /// <summary>Walks the function once; true when a label's values changed.</summary>
    private bool Pass(int user, ReadOnlySpan<uint> words, bool isRecording)
    {
        bool hasChanged = false;
        registers.Clear();
        isReached = true;
        ulong address = functions[user].Entry;
        for (int index = 0; index < words.Length; index++, address += Arm64Instruction.Size)
        {
            if (labels.ContainsKey(address))
                hasChanged |= Arrive(address);
            var instruction = Arm64Instruction.Decode(words[index], address);
            if (isRecording)
                Record(user, instruction, address);
            Apply(instruction, address);
            if (instruction.Kind is Arm64Kind.Jump or Arm64Kind.ConditionalJump)
                hasChanged |= Contribute(instruction.Target);
            if (instruction.Kind is Arm64Kind.Jump or Arm64Kind.IndirectJump or Arm64Kind.Return or Arm64Kind.Stop)
                FallOff();
        }

        return hasChanged;
    }

    private bool Arrive(ulong label)
    {
        bool hasChanged = isReached && Contribute(label);
        if (labels[label] is { } known)
            registers.CopyFrom(known);
        else
            registers.Clear(); // Only code behind it jumps here, and that was not seen yet.
        isReached = true;
        return hasChanged;
    }

    private bool Contribute(ulong label)
    {
        if (!labels.TryGetValue(label, out RegisterValues? known))
            return false;
        if (known is not null)
            return known.Meet(registers);
        labels[label] = registers.Copy();
        return true;
    }

    private void FallOff()
    {
        registers.Clear();
        isReached = false;
    }

    private void Apply(in Arm64Instruction instruction, ulong address)
    {
        switch (instruction.Kind)
        {
            case Arm64Kind.Address:
                bool isPage = (instruction.Word & 0x8000_0000) != 0;
                registers[instruction.Destination] = new RegisterValue(isPage ? RegisterValueKind.Page : RegisterValueKind.Address, instruction.Target);
                break;
            case Arm64Kind.AddImmediate:
                registers[instruction.Destination] = Sum(instruction);
                break;
            case Arm64Kind.Move:
                registers[instruction.Destination] = registers[instruction.Source];
                break;
            case Arm64Kind.Load:
                registers[instruction.Destination] = AccessedAddress(instruction) is { } slot && offsetTable.TryRead(slot, out ulong word)
                    ? new RegisterValue(RegisterValueKind.Address, word)
                    : instruction.Source < RegisterValues.Count ? new RegisterValue(RegisterValueKind.Loaded, (ulong)instruction.Immediate) : default;
                break;
            case Arm64Kind.Store:
                if (registers[instruction.Source] is { Kind: RegisterValueKind.Object } target && instruction.Immediate == 0)
                    NoteClosure(target.Payload, registers[instruction.Destination]);
                break;
            case Arm64Kind.Access or Arm64Kind.Other:
                registers.Forget(instruction.Clobbers);
                break;
            case Arm64Kind.Call:
                Call(instruction.Target, address);
                break;
            case Arm64Kind.IndirectCall:
                registers.Clear();
                break;
        }
    }

    private RegisterValue Sum(in Arm64Instruction instruction)
    {
        if (instruction.Source == RegisterValues.Count)
            return new RegisterValue(RegisterValueKind.Frame, (ulong)instruction.Immediate);
        RegisterValue left = registers[instruction.Source];
        return left.Kind switch
        {
            RegisterValueKind.Page or RegisterValueKind.Address => new RegisterValue(RegisterValueKind.Address, left.Payload + (ulong)instruction.Immediate),
            RegisterValueKind.Frame => left with { Payload = left.Payload + (ulong)instruction.Immediate },
            _ => default,
        };
    }

    private ulong? AccessedAddress(in Arm64Instruction instruction) =>
        registers[instruction.Source] is { Kind: RegisterValueKind.Page or RegisterValueKind.Address } known ? known.Payload + (ulong)instruction.Immediate : null;

    private void Call(ulong target, ulong address)
    {
        RuntimeRole role = functions.RoleAt(target);
        if (role is RuntimeRole.WriteBarrierBuffer or RuntimeRole.WriteBarrierStore)
        {
            registers.Forget(BarrierClobbers);
            return;
        }

        registers.Clear();
        if (role == RuntimeRole.NoReturn)
            isReached = false;
        else if (role is RuntimeRole.NewObject or RuntimeRole.Malloc)
            registers[0] = new RegisterValue(RegisterValueKind.Object, address);
    }

    /// <summary>The first word of a closure is the code that it runs. Two different ones for one object make it unknown.</summary>
    private void NoteClosure(ulong allocation, RegisterValue code)
    {
        ulong entry = code.Kind == RegisterValueKind.Address ? code.Payload : 0;
        closureEntries[allocation] = closureEntries.TryGetValue(allocation, out ulong known) && known != entry ? 0 : entry;
    }

    private void Record(int user, in Arm64Instruction instruction, ulong address)
    {
        switch (instruction.Kind)
        {
            case Arm64Kind.Call:
                scan.AddCall(user, address, address + Arm64Instruction.Size, instruction.Target, isTail: false, findAddress, findFrameSlot);
                break;
            case Arm64Kind.Jump when instruction.Target < functions[user].Entry || instruction.Target >= functions[user].End:
                scan.AddCall(user, address, address + Arm64Instruction.Size, instruction.Target, isTail: true, findAddress, findFrameSlot);
                break;
            case Arm64Kind.IndirectCall:
                scan.AddIndirectCall(user, address, registers[instruction.Source] is { Kind: RegisterValueKind.Loaded } code ? IndirectCall.SlotOf((long)code.Payload) : IndirectCall.Unknown);
                break;
            case Arm64Kind.AddImmediate when registers[instruction.Source] is { Kind: RegisterValueKind.Page } page:
                scan.AddReference(user, address, page.Payload + (ulong)instruction.Immediate, ReferenceKind.Address);
                break;
            case Arm64Kind.Load or Arm64Kind.Store or Arm64Kind.Access when registers[instruction.Source] is { Kind: RegisterValueKind.Page } page:
                scan.AddReference(user, address, page.Payload + (ulong)instruction.Immediate, instruction.Kind == Arm64Kind.Load ? ReferenceKind.Load : ReferenceKind.Other);
                break;
        }
    }

    /// <summary>Arguments travel in x0 to x15.</summary>
    private ulong FindAddress(int argument) => registers[argument] switch
    {
        { Kind: RegisterValueKind.Address } known => known.Payload,
        { Kind: RegisterValueKind.Object } made when closureEntries.GetValueOrDefault(made.Payload) is not 0 and var entry => entry,
        _ => 0,
    };

    private long? FindFrameSlot(int argument) => registers[argument] is { Kind: RegisterValueKind.Frame } place ? (long)place.Payload : null;
}

using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>The scan of amd64 code: every instruction is decoded once.</summary>
internal sealed class Amd64Scanner
{
    private readonly GoBinary binary;
    private readonly FunctionMap functions;
    private readonly CodeScan scan;
    private readonly RecentInstructions recent = new();
    private readonly Func<int, ulong> findAddress;
    private readonly Func<int, long?> findFrameSlot;

    public Amd64Scanner(GoBinary binary, FunctionMap functions, CodeScan scan)
    {
        this.binary = binary;
        this.functions = functions;
        this.scan = scan;
        findAddress = argument => recent.FindLoadedAddress(AbiRegisters.OfArgument(argument));
        findFrameSlot = argument => recent.FindFrameSlot(AbiRegisters.OfArgument(argument));
    }

    public void Run()
    {
        var decoder = new FunctionDecoder(binary);
        for (int user = 0; user < functions.Count; user++)
        {
            decoder.Start(functions[user]);
            while (decoder.TryDecode(out Instruction instruction))
            {
                Visit(user, instruction);
                recent.Add(instruction);
            }
        }
    }

    private void Visit(int user, in Instruction instruction)
    {
        switch (instruction.Code)
        {
            case Iced.Intel.Code.Call_rel32_64:
                AddCall(user, instruction, isTail: false);
                break;
            case Iced.Intel.Code.Jmp_rel32_64:
                if (instruction.NearBranchTarget < functions[user].Entry || instruction.NearBranchTarget >= functions[user].End)
                    AddCall(user, instruction, isTail: true);
                break;
            case Iced.Intel.Code.Call_rm64:
                scan.AddIndirectCall(user, instruction.IP, SlotOf(instruction));
                break;
            case Iced.Intel.Code.Jmp_rm64 when instruction.Op0Kind == OpKind.Register:
                break;
            default:
                if (instruction.IsIPRelativeMemoryOperand)
                    scan.AddReference(user, instruction.IP, instruction.IPRelativeMemoryAddress, KindOf(instruction.Code));
                break;
        }
    }

    private void AddCall(int user, in Instruction instruction, bool isTail) =>
        scan.AddCall(user, instruction.IP, instruction.NextIP, instruction.NearBranchTarget, isTail, findAddress, findFrameSlot);

    private int SlotOf(in Instruction call) => call.Op0Kind == OpKind.Register
        ? recent.FindLoadOffset(AbiRegisters.NumberOf(call.Op0Register)) is { } offset ? IndirectCall.SlotOf(offset) : IndirectCall.Unknown
        : RecentInstructions.ObjectOffset(call) is { } direct ? IndirectCall.SlotOf(direct) : IndirectCall.Unknown;

    private static ReferenceKind KindOf(Iced.Intel.Code code) => code switch
    {
        Iced.Intel.Code.Lea_r64_m => ReferenceKind.Address,
        Iced.Intel.Code.Mov_r64_rm64 => ReferenceKind.Load,
        _ => ReferenceKind.Other,
    };
}

using System.Buffers.Binary;
using Faultline.Binaries.Code.Arm64;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>Finds the call before a return address. amd64 code cannot be decoded backwards, so the function is decoded from its entry.</summary>
internal static class CallFinder
{
    public static CallInstruction? Find(CodeModel model, ulong returnAddress)
    {
        int function = model.Functions.IndexAt(returnAddress - 1);
        if (function < 0)
            return null;
        if (!model.IsFollowed)
            return FindArm64(model, returnAddress);
        var decoder = new FunctionDecoder(model.Binary);
        decoder.Start(model.Functions[function]);
        while (decoder.TryDecode(out Instruction instruction) && instruction.NextIP <= returnAddress)
        {
            if (instruction.NextIP != returnAddress)
                continue;
            if (instruction.Mnemonic != Mnemonic.Call)
                return null;
            if (!instruction.IsCallNear)
                return new CallInstruction(returnAddress, 0, "");
            int target = model.Functions.IndexAt(instruction.NearBranchTarget);
            return new CallInstruction(returnAddress, instruction.NearBranchTarget, target < 0 ? "" : model.Functions[target].Name);
        }
        return null;
    }

    private static CallInstruction? FindArm64(CodeModel model, ulong returnAddress)
    {
        Span<byte> word = stackalloc byte[Arm64Instruction.Size];
        ulong address = returnAddress - Arm64Instruction.Size;
        if (returnAddress % Arm64Instruction.Size != 0 || model.Binary.Read(address, word) != word.Length)
            return null;
        var instruction = Arm64Instruction.Decode(BinaryPrimitives.ReadUInt32LittleEndian(word), address);
        if (instruction.Kind == Arm64Kind.IndirectCall)
            return new CallInstruction(returnAddress, 0, "");
        if (instruction.Kind != Arm64Kind.Call)
            return null;
        int target = model.Functions.IndexAt(instruction.Target);
        return new CallInstruction(returnAddress, instruction.Target, target < 0 ? "" : model.Functions[target].Name);
    }
}

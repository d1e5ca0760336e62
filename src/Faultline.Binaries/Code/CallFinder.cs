using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>Finds the call before a return address. Code cannot be decoded backwards, so the function is decoded from its entry.</summary>
internal static class CallFinder
{
    public static CallInstruction? Find(CodeModel model, ulong returnAddress)
    {
        int function = model.Functions.IndexAt(returnAddress - 1);
        if (function < 0)
            return null;
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
}

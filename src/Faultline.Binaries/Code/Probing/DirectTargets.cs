using System.Runtime.InteropServices;
using Faultline.Binaries.Code.Arm64;
using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code.Probing;

/// <summary>Where the direct calls and jumps of one function lead, without looking at the rest of the program.</summary>
internal static class DirectTargets
{
    public static IReadOnlyList<ulong> Of(GoBinary binary, FuncInfo function) =>
        binary.Architecture is "arm64" ? Arm64Targets(binary, function) : Amd64Targets(binary, function);

    private static List<ulong> Amd64Targets(GoBinary binary, FuncInfo function)
    {
        List<ulong> targets = [];
        FunctionDecoder decoder = new(binary);
        decoder.Start(function);
        while (decoder.TryDecode(out Instruction instruction))
        {
            if (instruction.IsCallNear || instruction.IsJmpShortOrNear)
                targets.Add(instruction.NearBranchTarget);
        }

        return targets;
    }

    private static List<ulong> Arm64Targets(GoBinary binary, FuncInfo function)
    {
        byte[] bytes = new byte[Math.Min(function.End - function.Entry, 1 << 20)];
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, binary.Read(function.Entry, bytes) & ~(Arm64Instruction.Size - 1)));
        List<ulong> targets = [];
        for (int i = 0; i < words.Length; i++)
        {
            Arm64Instruction instruction = Arm64Instruction.Decode(words[i], function.Entry + (ulong)(i * Arm64Instruction.Size));
            if (instruction.Kind is Arm64Kind.Call or Arm64Kind.Jump)
                targets.Add(instruction.Target);
        }

        return targets;
    }
}

using System.Runtime.InteropServices;
using Faultline.Binaries.Code.Arm64;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Probing;

/// <summary>
/// Probe sites in arm64 code. The kernel simulates branches, among them the one of a function's stack check, which comes before any
/// argument is touched; it runs a second time when the stack has to grow.
/// </summary>
internal static class Arm64ProbeSites
{
    private const int LongestStraightLine = 64;

    /// <summary>Up to here only the stack check's own scratch registers have been written.</summary>
    private const int LongestPrologue = 8;

    public static ProbeSite? FindEntry(GoBinary binary, FuncInfo function, int argumentCount)
    {
        List<Arm64Instruction> line = ReadLine(binary, function, function.Entry);
        if (line.Count == 0)
            return null;
        for (int i = 0; i < Math.Min(line.Count, LongestPrologue); i++)
        {
            if (line[i].Kind == Arm64Kind.ConditionalJump)
                return new ProbeSite(AddressOf(function.Entry, i), StackDepth: 0, IsEmulated: true, HasFrame: false);

            // Stack checks load and compute in x16 and x17, which carry no argument; anything else begins the body.
            if (line[i].Kind is Arm64Kind.Store or Arm64Kind.Access || (line[i].Word & 31) is not (16 or 17 or 31))
                break;
        }

        return new ProbeSite(function.Entry, StackDepth: 0, IsEmulated: false, HasFrame: false);
    }

    public static ulong? FindFrom(GoBinary binary, FuncInfo function, ulong address)
    {
        List<Arm64Instruction> line = ReadLine(binary, function, address);
        int index = line.FindIndex(instruction => instruction.Kind is Arm64Kind.Call or Arm64Kind.Jump or Arm64Kind.ConditionalJump or Arm64Kind.Return or Arm64Kind.IndirectCall);
        return index < 0 ? null : AddressOf(address, index);
    }

    private static List<Arm64Instruction> ReadLine(GoBinary binary, FuncInfo function, ulong address)
    {
        int size = (int)Math.Min(function.End > address ? function.End - address : 0, LongestStraightLine * Arm64Instruction.Size);
        byte[] bytes = new byte[size];
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, binary.Read(address, bytes) & ~(Arm64Instruction.Size - 1)));
        List<Arm64Instruction> line = [];
        foreach (uint word in words)
        {
            line.Add(Arm64Instruction.Decode(word, AddressOf(address, line.Count)));
            if (line[^1].Kind is Arm64Kind.Jump or Arm64Kind.ConditionalJump or Arm64Kind.IndirectJump or Arm64Kind.Return or Arm64Kind.Stop)
                break;
        }

        return line;
    }

    private static ulong AddressOf(ulong start, int index) => start + (ulong)(index * Arm64Instruction.Size);
}

using System.Runtime.InteropServices;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>A direct call or tail jump between two functions, by their indexes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CallEdge(uint CallOffset, int Caller, int Callee);

/// <summary>A function that another one names other than by calling it: a closure made, a func value taken, a function deferred.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionMention(int User, int Mentioned);

/// <summary>An instruction that names an address outside the code.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DataReference(ulong Target, int User);

/// <summary>A call of interest: a map operation or the start of a goroutine. <paramref name="TypeAddress"/> is the type operand where the code right before loads it, else 0; <paramref name="IteratorSlot"/> the iterator's place in the frame, else null.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NotedCall(ulong Address, ulong ReturnAddress, int Caller, int Callee, ulong TypeAddress, long? IteratorSlot);

/// <summary>
/// One linear pass over all code. It decodes every instruction once and keeps only what other questions start from: calls between
/// functions, functions named, data addresses named, map calls, go statements.
/// </summary>
internal sealed class CodeScan
{
    private readonly FunctionMap functions;
    private readonly List<CallEdge> calls = [];
    private readonly List<FunctionMention> mentions = [];
    private readonly List<DataReference> dataReferences = [];
    private readonly List<NotedCall> mapCalls = [];
    private readonly List<NotedCall> goCalls = [];
    private readonly HashSet<int> indirectCallers = [];
    private readonly Dictionary<ulong, int> functionValues = [];
    private readonly RecentInstructions recent = new();

    private CodeScan(FunctionMap functions) => this.functions = functions;

    /// <summary>In the order of their addresses.</summary>
    public IReadOnlyList<CallEdge> Calls => calls;

    public IReadOnlyList<FunctionMention> Mentions => mentions;

    public IReadOnlyList<DataReference> DataReferences => dataReferences;

    /// <summary>Calls of map functions outside the runtime, in the order of their addresses.</summary>
    public IReadOnlyList<NotedCall> MapCalls => mapCalls;

    /// <summary>Calls of <c>runtime.newproc</c>, in the order of their addresses.</summary>
    public IReadOnlyList<NotedCall> GoCalls => goCalls;

    /// <summary>Functions that call through a register or memory.</summary>
    public IReadOnlySet<int> IndirectCallers => indirectCallers;

    public static CodeScan Run(GoBinary binary, FunctionMap functions)
    {
        var scan = new CodeScan(functions);
        var decoder = new FunctionDecoder(binary);
        for (int i = 0; i < functions.Count; i++)
        {
            decoder.Start(functions[i]);
            while (decoder.TryDecode(out Instruction instruction))
            {
                scan.Visit(i, instruction);
                scan.recent.Add(instruction);
            }
        }
        return scan;
    }

    private void Visit(int user, in Instruction instruction)
    {
        switch (instruction.Code)
        {
            case Iced.Intel.Code.Call_rel32_64:
                VisitCall(user, instruction, isTail: false);
                break;
            case Iced.Intel.Code.Jmp_rel32_64:
                if (instruction.NearBranchTarget < functions[user].Entry || instruction.NearBranchTarget >= functions[user].End)
                    VisitCall(user, instruction, isTail: true);
                break;
            case Iced.Intel.Code.Call_rm64:
                indirectCallers.Add(user);
                break;
            case Iced.Intel.Code.Jmp_rm64 when instruction.Op0Kind == OpKind.Register:
                break;
            default:
                if (instruction.IsIPRelativeMemoryOperand)
                    VisitReference(user, instruction.IPRelativeMemoryAddress, instruction.Code);
                break;
        }
    }

    private void VisitCall(int user, in Instruction instruction, bool isTail)
    {
        int callee = functions.IndexAt(instruction.NearBranchTarget);
        if (callee < 0 || (isTail && callee == user))
            return;
        calls.Add(new CallEdge((uint)(instruction.IP - functions.Start), user, callee));
        switch (functions.RoleOf(callee))
        {
            case RuntimeRole.MapOperation when !functions.IsMapImplementation(user):
                NoteMapCall(user, callee, instruction);
                break;
            case RuntimeRole.StartGoroutine:
                goCalls.Add(new NotedCall(instruction.IP, instruction.NextIP, user, callee, TypeAddress: 0, IteratorSlot: null));
                break;
        }
    }

    private void NoteMapCall(int user, int callee, in Instruction instruction)
    {
        if (!MapEntryPoints.TryFind(functions[callee].Name, out MapEntryPoint entryPoint))
            return;
        ulong type = entryPoint.TypeArgument >= 0 ? recent.FindLoadedAddress(AbiRegisters.OfArgument(entryPoint.TypeArgument)) : 0;
        long? iterator = entryPoint.IteratorArgument >= 0 ? recent.FindFrameSlot(AbiRegisters.OfArgument(entryPoint.IteratorArgument)) : null;
        mapCalls.Add(new NotedCall(instruction.IP, instruction.NextIP, user, callee, type, iterator));
    }

    private void VisitReference(int user, ulong target, Iced.Intel.Code code)
    {
        if (functions.Contains(target))
        {
            if (code == Iced.Intel.Code.Lea_r64_m && functions.IndexOfEntry(target) is >= 0 and var mentioned)
                mentions.Add(new FunctionMention(user, mentioned));
            return;
        }
        dataReferences.Add(new DataReference(target, user));
        if (code is Iced.Intel.Code.Lea_r64_m or Iced.Intel.Code.Mov_r64_rm64 && FunctionValueAt(target, code) is >= 0 and var named)
            mentions.Add(new FunctionMention(user, named));
    }

    /// <summary>
    /// The function behind a func value: read-only data holds a word with the function's entry (<c>f·f</c>), and a func variable that is set
    /// at link time holds that word's address.
    /// </summary>
    private int FunctionValueAt(ulong target, Iced.Intel.Code code)
    {
        bool isLoad = code == Iced.Intel.Code.Mov_r64_rm64;
        ulong key = isLoad ? ~target : target;
        if (!functionValues.TryGetValue(key, out int found))
        {
            found = -1;
            if (functions.ReadWord(target) is { } word)
            {
                found = functions.IndexOfEntry(word);
                if (found < 0 && isLoad && word != 0 && !functions.Contains(word) && functions.ReadWord(word) is { } behind)
                    found = functions.IndexOfEntry(behind);
            }
            functionValues.Add(key, found);
        }
        return found;
    }
}

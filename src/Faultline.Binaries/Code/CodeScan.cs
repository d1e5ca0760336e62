using System.Runtime.InteropServices;
using Faultline.Binaries.Code.Arm64;

namespace Faultline.Binaries.Code;

/// <summary>A direct call or tail jump between two functions, by their indexes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CallEdge(uint CallOffset, int Caller, int Callee, bool IsTail);

/// <summary>A function that another one names other than by calling it: a closure made, a func value taken, a function deferred.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionMention(int User, int Mentioned, uint Offset);

/// <summary>A call through a register or memory. <paramref name="Slot"/> is the place in the interface's list of methods, or one of the constants.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IndirectCall(uint CallOffset, int Caller, int Slot)
{
    /// <summary>The call of a func value: its code address is the first word of an object.</summary>
    public const int FunctionValue = -1;

    /// <summary>The code right before the call does not tell.</summary>
    public const int Unknown = -2;

    // The method table follows two pointers, a hash and padding (abi.ITab).
    private const long FirstMethodOffset = 24;

    /// <summary>The slot of a call whose code address is loaded from an offset of some object.</summary>
    public static int SlotOf(long offset) => offset == 0 ? FunctionValue
        : offset is >= FirstMethodOffset and < short.MaxValue && offset % 8 == 0 ? (int)(offset - FirstMethodOffset) / 8 : Unknown;
}

/// <summary>An instruction that names an address outside the code.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DataReference(ulong Target, int User);

/// <summary>A call of interest: a map operation or the start of a goroutine. <paramref name="TypeAddress"/> is the type operand (for the start of a goroutine, the closure) where the code right before loads it, else 0; <paramref name="IteratorSlot"/> the iterator's place in the frame, else null.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NotedCall(ulong Address, ulong ReturnAddress, int Caller, int Callee, ulong TypeAddress, long? IteratorSlot);

/// <summary>What an instruction does with an address that it names.</summary>
internal enum ReferenceKind : byte
{
    /// <summary>Puts it into a register.</summary>
    Address,

    /// <summary>Loads the word there into a register.</summary>
    Load,

    Other,
}

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
    private readonly List<IndirectCall> indirectCalls = [];
    private readonly Dictionary<ulong, int> functionValues = [];

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

    /// <summary>Calls through a register or memory, in the order of their addresses.</summary>
    public IReadOnlyList<IndirectCall> IndirectCalls => indirectCalls;

    /// <summary>Scans the code of a binary whose architecture is known (<see cref="IsKnown"/>).</summary>
    public static CodeScan Run(GoBinary binary, FunctionMap functions)
    {
        var scan = new CodeScan(functions);
        if (binary.Architecture is "arm64")
            new Arm64Scanner(binary, functions, scan).Run();
        else
            new Amd64Scanner(binary, functions, scan).Run();
        return scan;
    }

    public static bool IsKnown(string architecture) => architecture is "amd64" or "arm64";

    /// <summary>Adds a call or tail jump to a function.</summary>
    /// <param name="user">The function that holds it.</param>
    /// <param name="address">The instruction.</param>
    /// <param name="returnAddress">The instruction after it.</param>
    /// <param name="target">Where it leads.</param>
    /// <param name="isTail">A jump, not a call.</param>
    /// <param name="findAddress">The address that an argument is known to hold; 0 for none. For the argument of a go statement it can be the code that its closure runs.</param>
    /// <param name="findFrameSlot">The place in the frame whose address an argument is known to hold.</param>
    public void AddCall(int user, ulong address, ulong returnAddress, ulong target, bool isTail, Func<int, ulong> findAddress, Func<int, long?> findFrameSlot)
    {
        int callee = functions.IndexAt(target);
        if (callee < 0 || (isTail && callee == user))
            return;
        calls.Add(new CallEdge((uint)(address - functions.Start), user, callee, isTail));
        switch (functions.RoleOf(callee))
        {
            case RuntimeRole.MapOperation when !functions.IsMapImplementation(user) && MapEntryPoints.TryFind(functions[callee].Name, out MapEntryPoint entryPoint):
                ulong type = entryPoint.TypeArgument >= 0 ? findAddress(entryPoint.TypeArgument) : 0;
                long? iterator = entryPoint.IteratorArgument >= 0 ? findFrameSlot(entryPoint.IteratorArgument) : null;
                mapCalls.Add(new NotedCall(address, returnAddress, user, callee, type, iterator));
                break;
            case RuntimeRole.StartGoroutine:
                goCalls.Add(new NotedCall(address, returnAddress, user, callee, findAddress(0), IteratorSlot: null));
                break;
        }
    }

    /// <summary>Adds a call through a register or memory.</summary>
    public void AddIndirectCall(int user, ulong address, int slot)
    {
        indirectCallers.Add(user);
        indirectCalls.Add(new IndirectCall((uint)(address - functions.Start), user, slot));
    }

    /// <summary>Adds an address that the instruction at <paramref name="address"/> names.</summary>
    public void AddReference(int user, ulong address, ulong target, ReferenceKind kind)
    {
        if (functions.Contains(target))
        {
            if (kind == ReferenceKind.Address && functions.IndexOfEntry(target) is >= 0 and var mentioned)
                mentions.Add(new FunctionMention(user, mentioned, (uint)(address - functions.Start)));
            return;
        }
        dataReferences.Add(new DataReference(target, user));
        if (kind != ReferenceKind.Other && FunctionValueAt(target, isLoad: kind == ReferenceKind.Load) is >= 0 and var named)
            mentions.Add(new FunctionMention(user, named, (uint)(address - functions.Start)));
    }

    /// <summary>
    /// The function behind a func value: read-only data holds a word with the function's entry (<c>f·f</c>), and a func variable that is set
    /// at link time holds that word's address.
    /// </summary>
    public int FunctionValueAt(ulong target, bool isLoad)
    {
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

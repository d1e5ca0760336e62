using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>
/// Finds the writes of the program's own packages to structs whose type follows from where the pointer comes from: a method's receiver, an
/// allocation, a typed field or element. Writes to an object that the same function has made and not yet shown to anyone are left out.
/// </summary>
internal sealed class FieldWriteFinder(CodeModel model, OriginFinder origins)
{
    // Beyond this the origin says nothing.
    private const int OriginLimit = 8;

    private readonly Dictionary<FunctionValue, OriginSet> pointers = [];

    /// <summary>Of the function that is looked at; made when it is asked for.</summary>
    private PastCalls? past;

    public FieldWrite[] FindAll()
    {
        var found = new HashSet<FieldWrite>();
        if (!model.IsFollowed)
            return [];
        for (int function = 0; function < model.Functions.Count; function++)
        {
            if (model.Packages.IsStandard(function))
                continue;
            past = null;
            foreach (MemoryTouch touch in model.FindTouches(function))
            {
                if (touch.IsWrite)
                    Add(found, function, touch);
            }
            foreach (CallFact call in model.FlowOf(function).Calls)
                AddCall(found, function, call);
        }
        return [.. found.OrderBy(write => write.Address).ThenBy(write => write.Type).ThenBy(write => write.Offset)];
    }

    /// <summary>Methods of locks and of atomic types write to their receiver, which can be a field; where in it is not known, so its first byte stands for it.</summary>
    private void AddCall(HashSet<FieldWrite> found, int function, CallFact call)
    {
        if (call.Target == 0 || model.Functions.IndexAt(call.Target) is not (>= 0 and var callee))
            return;
        string name = model.Functions[callee].Name;
        if (!name.StartsWith("sync.(*", StringComparison.Ordinal) && !name.StartsWith("internal/sync.(*", StringComparison.Ordinal) && !name.StartsWith("sync/atomic.", StringComparison.Ordinal))
            return;
        if (name.Contains(".Load", StringComparison.Ordinal))
            return;
        SymbolicValue value = model.FlowOf(function).Values[call.Arguments[0]];
        (int target, long offset) = value.Kind switch
        {
            ValueKind.Offset => (value.Base, value.Payload),
            ValueKind.Constant => (ValuePool.None, value.Payload),
            _ => (call.Arguments[0], 0),
        };
        if (target > ValuePool.Computed || value.Kind == ValueKind.Constant)
            Add(found, function, new MemoryTouch(call.Address, target, offset, Size: 1, IsRead: true, IsWrite: true, IsAtomic: true));
    }

    private void Add(HashSet<FieldWrite> found, int function, MemoryTouch touch)
    {
        ulong entry = model.Functions[function].Entry;
        if (touch.Target == ValuePool.None)
        {
            found.Add(new FieldWrite(entry, touch.Address, Type: 0, (ulong)touch.Offset, Offset: 0, touch.Size, touch.IsAtomic));
            return;
        }
        var key = new FunctionValue(function, touch.Target);
        if (!pointers.TryGetValue(key, out OriginSet? set))
            pointers.Add(key, set = origins.FindPointer(function, touch.Target));
        if (set.Origins.Count > OriginLimit)
            return;
        foreach (Origin origin in set.Origins)
        {
            if (origin.Kind == OriginKind.Constant)
                found.Add(new FieldWrite(entry, touch.Address, Type: 0, origin.Address + (ulong)touch.Offset, Offset: 0, touch.Size, touch.IsAtomic));
            else if (TypeOf(origin) is { Kind: GoKind.Struct } type && origin.Offset + touch.Offset is >= 0 and var offset && offset < (long)type.Size && !IsMaking(function, touch.Address, origin))
                found.Add(new FieldWrite(entry, touch.Address, type.Address, Variable: 0, offset, touch.Size, touch.IsAtomic));
        }
    }

    /// <summary>All instances of a generic type share their methods, so a receiver does not tell which of them it is.</summary>
    private GoType? TypeOf(Origin origin) => origin.Kind switch
    {
        OriginKind.Object => model.Binary.FindType(origin.Address),
        OriginKind.Typed when !origin.TypeKey.EndsWith("[...]", StringComparison.Ordinal) => model.Binary.FindType(origin.Address),
        _ => null,
    };

    /// <summary>
    /// True while the function that made the object is alone with it: since the allocation no call that can have run got the object, and none has run since
    /// the object was put into memory.
    /// </summary>
    private bool IsMaking(int function, ulong address, Origin origin)
    {
        if (origin.Kind != OriginKind.Object || origin.Function != function)
            return false;
        FunctionFlow flow = model.FlowOf(function);
        if (flow.Values[origin.Value] is not { Kind: ValueKind.CallResult } made || flow.FindCall((ulong)made.Payload) is not { } allocation
            || CallsSince(function, address, allocation.ReturnAddress) is not { } calls)
            return false;
        return calls.Count == 0 || !IsShown(function, value: origin.Value, address, calls, []);
    }

    /// <summary>Return addresses of the calls between two addresses that could show an object to others; null when that is not known.</summary>
    private HashSet<ulong>? CallsSince(int function, ulong address, ulong since)
        => (past ??= new PastCalls(model, function)).Find(address, since)?.Where(call => !IsQuiet(call)).Select(call => call.ReturnAddress).ToHashSet();

    private bool IsShown(int function, int value, ulong address, HashSet<ulong> calls, HashSet<int> seen)
    {
        FunctionFlow flow = model.FlowOf(function);
        if (!seen.Add(value))
            return false;
        foreach (ValueUse use in flow.Uses.Of(value))
        {
            bool isShown = use.Kind switch
            {
                UseKind.Passed => calls.Contains(flow.Calls[use.Index].ReturnAddress) && Takes(flow.Calls[use.Index], use.Argument),
                UseKind.Called => flow.Calls[use.Index].Target == 0 && calls.Contains(flow.Calls[use.Index].ReturnAddress),
                UseKind.Stored => CallsSince(function, address, flow.Stores[use.Index].Address) is not { Count: 0 },
                UseKind.Merged or UseKind.Added or UseKind.Indexed => IsShown(function, use.Index, address, calls, seen),
                _ => false,
            };
            if (isShown)
                return true;
        }
        return false;
    }

    /// <summary>False for what a register holds by chance.</summary>
    private bool Takes(CallFact call, int argument)
    {
        if (call.Target == 0 || model.Functions.IndexAt(call.Target) is not (>= 0 and var callee) || argument >= AbiRegisters.ArgumentCount)
            return true;
        return argument < model.ParameterCountOf(callee) && !model.Functions[callee].Name.EndsWith(".abi0", StringComparison.Ordinal);
    }

    /// <summary>Calls that show an object to nobody: bytes that are copied show what was stored in them before.</summary>
    private bool IsQuiet(CallInstruction call) => call.TargetName is "runtime.memmove" or "runtime.memclrNoHeapPointers"
        || (call.Target != 0 && IsQuiet(model.Functions.RoleAt(call.Target)));

    private static bool IsQuiet(RuntimeRole role) => role is RuntimeRole.NewObject or RuntimeRole.Malloc or RuntimeRole.MakeArray or RuntimeRole.MakeMap or RuntimeRole.NoReturn
        or RuntimeRole.WriteBarrierBuffer or RuntimeRole.WriteBarrierStore or RuntimeRole.DuffCopy or RuntimeRole.DuffZero or RuntimeRole.Move or RuntimeRole.Harmless;
}

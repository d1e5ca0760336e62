using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>
/// Finds the writes of the program's own packages to structs whose type follows from where the pointer comes from: a method's receiver, an
/// allocation, a typed field or element. Writes to an object that the same function has made and not yet shown to anyone are left out.
/// </summary>
internal sealed class FieldWriteFinder(CodeModel model, OriginFinder origins)
{
    private const int WordSize = 8;

    // Beyond this the origin says nothing.
    private const int OriginLimit = 8;

    private readonly Dictionary<FunctionValue, OriginSet> pointers = [];

    public FieldWrite[] FindAll()
    {
        var found = new HashSet<FieldWrite>();
        if (!model.IsFollowed)
            return [];
        for (int function = 0; function < model.Functions.Count; function++)
        {
            if (model.Packages.IsStandard(function))
                continue;
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

    /// <summary>Methods of locks and of atomic types write to their receiver, which can be a field.</summary>
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
            Add(found, function, new MemoryTouch(call.Address, target, offset, WordSize, IsRead: true, IsWrite: true, IsAtomic: true));
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

    /// <summary>True while nothing but allocations and checks has been called since the function made the object.</summary>
    private bool IsMaking(int function, ulong address, Origin origin)
    {
        if (origin.Kind != OriginKind.Object || origin.Function != function)
            return false;
        FunctionFlow flow = model.FlowOf(function);
        if (flow.Values[origin.Value] is not { Kind: ValueKind.CallResult } made || flow.FindCall((ulong)made.Payload) is not { } allocation)
            return false;
        return PastCalls.Find(model, address, allocation.ReturnAddress)?.All(call => call.Target != 0 && IsQuiet(model.Functions.RoleAt(call.Target))) == true;
    }

    private static bool IsQuiet(RuntimeRole role) => role is RuntimeRole.NewObject or RuntimeRole.Malloc or RuntimeRole.MakeArray or RuntimeRole.MakeMap or RuntimeRole.NoReturn
        or RuntimeRole.WriteBarrierBuffer or RuntimeRole.WriteBarrierStore or RuntimeRole.DuffCopy or RuntimeRole.DuffZero or RuntimeRole.Move or RuntimeRole.Harmless;
}

using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Appends;

/// <summary>Tells in which places an address lies, and from which places a pointer was read.</summary>
internal sealed class PlaceFinder(CodeModel model, OriginFinder origins)
{
    private const int MostSteps = 4;
    private const int MostCallers = 16;

    private readonly Dictionary<(int, int, long), AppendPlace[]> placesAt = [];

    /// <summary>The places in which the word at an address can lie; none when the address is not understood, or is in the frame.</summary>
    public AppendPlace[] PlacesAt(int function, int target, long offset)
    {
        var key = (function, target, offset);
        if (!placesAt.TryGetValue(key, out AppendPlace[]? places))
            placesAt.Add(key, places = Find(function, target, offset));
        return places;
    }

    /// <summary>The places from which a pointer was read, also by the function that made the closure or passed the argument.</summary>
    public IEnumerable<AppendPlace> SourcesOf(int function, int pointer) => SourcesOf(function, pointer, MostSteps).Distinct();

    private IEnumerable<AppendPlace> SourcesOf(int function, int pointer, int steps)
    {
        if (steps == 0 || pointer <= ValuePool.Computed)
            return [];
        FunctionFlow flow = model.FlowOf(function);
        SymbolicValue value = flow.Values[pointer];
        return value.Kind switch
        {
            ValueKind.Load when flow.Values[value.Base].Kind == ValueKind.ClosureContext => Captured(function, value, steps - 1),
            ValueKind.Load => PlacesAt(function, value.Base, value.Payload),
            ValueKind.Offset or ValueKind.Element => SourcesOf(function, value.Base, steps),
            ValueKind.Merge => flow.Values.Operands(pointer).Where(operand => operand != pointer).SelectMany(operand => SourcesOf(function, operand, steps - 1)),
            ValueKind.Parameter => Passed(function, (int)value.Payload, steps - 1),
            _ => [],
        };
    }

    /// <summary>A word that the closure got by value where it was made.</summary>
    private IEnumerable<AppendPlace> Captured(int function, SymbolicValue load, int steps)
    {
        foreach (Origin closure in origins.Find(function, load.Base).Origins)
        {
            if (closure.Kind != OriginKind.Object)
                continue;
            FunctionFlow maker = model.FlowOf(closure.Function);
            foreach (ValueUse use in maker.Uses.Of(closure.Value))
            {
                if (use.Kind != UseKind.StoredThrough || maker.Stores[use.Index] is var store && store.Offset != closure.Offset + load.Payload)
                    continue;
                foreach (AppendPlace place in SourcesOf(closure.Function, maker.Stores[use.Index].Value, steps))
                    yield return place;
            }
        }
    }

    private List<AppendPlace> Passed(int function, int argument, int steps)
    {
        var places = new List<AppendPlace>();
        ReadOnlySpan<CallEdge> calls = model.Callers.CallsTo(function);
        foreach (CallEdge edge in calls[..Math.Min(calls.Length, MostCallers)])
        {
            if (model.FlowOf(edge.Caller).FindCall(model.Functions.Start + edge.CallOffset) is { } call)
                places.AddRange(SourcesOf(edge.Caller, call.Arguments[argument], steps));
        }
        return places;
    }

    private AppendPlace[] Find(int function, int target, long offset)
    {
        if (target <= ValuePool.Computed)
            return [];
        var places = new List<AppendPlace>();
        foreach (Origin origin in origins.FindPointer(function, target).Origins)
        {
            if (PlaceOf(origin, offset) is { } place && !places.Contains(place))
                places.Add(place);
        }
        return [.. places];
    }

    private AppendPlace? PlaceOf(Origin origin, long offset)
    {
        switch (origin.Kind)
        {
            case OriginKind.Constant when origin.Address >= 4096 && !model.Functions.Contains(origin.Address + (ulong)offset) && !model.IsReadOnly(origin.Address + (ulong)offset):
                ulong address = origin.Address + (ulong)offset;
                return new AppendPlace(AppendPlaceKind.Global, address, 0, model.NameOfData(address));
            case OriginKind.Typed or OriginKind.TypedIndexed:
                return FieldAt(origin.Address, origin.Offset + offset);
            case OriginKind.TypedElements when model.Binary.FindType(origin.Address) is { Size: > 0 and < int.MaxValue } element:
                long at = (origin.Offset + offset) % (long)element.Size;
                return FieldAt(origin.Address, at < 0 ? at + (long)element.Size : at);
            case OriginKind.Object:
                return ObjectAt(origin, origin.Offset + offset);
            default:
                return null;
        }
    }

    private AppendPlace? FieldAt(ulong descriptor, long offset)
    {
        if (descriptor == 0 || !model.Structs.TryResolve(descriptor, offset, out GoType owner, out long ownerOffset, out _))
            return null;
        string key = model.Structs.KeyOf(owner);
        return key.Length == 0 ? null : new AppendPlace(AppendPlaceKind.Field, owner.Address, ownerOffset, $"{key}+{ownerOffset}");
    }

    /// <summary>An object that one function makes: a struct counts by its type, everything else is a variable of its own. What lies in the frame is reached by one goroutine only.</summary>
    private AppendPlace? ObjectAt(Origin origin, long offset)
    {
        FunctionFlow maker = model.FlowOf(origin.Function);
        SymbolicValue made = maker.Values[origin.Value];
        if (made.Kind != ValueKind.CallResult)
            return null;
        if (origin.Address != 0 && FieldAt(origin.Address, offset) is { } field)
            return field;
        ulong call = (ulong)made.Payload;
        return new AppendPlace(AppendPlaceKind.Variable, call, offset, $"a variable of {model.Functions[origin.Function].Name}");
    }
}

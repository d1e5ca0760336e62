using System.Globalization;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Heap;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Slices;

/// <summary>
/// Finds the slices of a process whose array holds an address: package-level variables and the variables of goroutines' frames, and what these lead to, by
/// the types of DWARF; then headers in objects of the heap that only their shape tells. Needs DWARF.
/// </summary>
public sealed class ArraySlices
{
    private const int FrameLimit = 64;
    private const int VariableLimit = 500_000;
    private const int ResultLimit = 64;
    private const int ShapeLimit = 8;
    private const int WordSize = 8;

    private readonly RuntimeState _state;
    private readonly DwarfInfo _dwarf;
    private readonly TypedWalk _walk;
    private readonly Dictionary<ulong, IReadOnlyList<DwarfVariable>> _variables = [];
    private readonly List<NamedSlice> _inFrames = [];
    private readonly Lazy<IReadOnlyList<NamedSlice>> _all;
    private int _variableCount;

    private ArraySlices(RuntimeState state, DwarfInfo dwarf)
    {
        _state = state;
        _dwarf = dwarf;
        _walk = new TypedWalk(dwarf, state.Memory);
        _all = new(ReadAll);
    }

    /// <summary>Null without DWARF: then nothing tells which words are slices.</summary>
    public static ArraySlices? TryOpen(RuntimeState state) => state.Binary.Dwarf is { } dwarf ? new ArraySlices(state, dwarf) : null;

    /// <summary>The object of the heap around an address; null outside the heap.</summary>
    public HeapObject? ObjectAt(ulong address) => _state.Heap.Heap.TryFind(address, out var found) ? found : null;

    /// <summary>The slices that see the array which holds an address, the shortest names first; empty when no typed variable leads to one that reaches the address.</summary>
    public IReadOnlyList<NamedSlice> Find(ulong address)
    {
        var holds = _all.Value.Where(slice => address >= slice.Header.Array && address < slice.End).ToList();
        if (holds.Count == 0)
            return [];
        var (start, end) = ObjectAt(address) is { } found ? (found.Address, found.End) : (holds.Min(slice => slice.Header.Array), holds.Max(slice => slice.End));
        var shared = _all.Value
            .Where(slice => slice.Header.Array < end && slice.End > start)
            .DistinctBy(slice => (slice.Name, slice.Header.Array, slice.Header.Length, slice.Header.Capacity, slice.ElementSize))
            .Take(ResultLimit)
            .ToList();
        return ObjectAt(address) is { } array ? [.. shared, .. ByShape(array, holds[0], shared)] : shared;
    }

    private List<NamedSlice> ReadAll()
    {
        foreach (var global in _dwarf.Globals)
        {
            // The runtime's own books lead to everything, and are no place for a program's slices.
            if (!global.Name.StartsWith("runtime.", StringComparison.Ordinal))
                _walk.Add(global.Name, "package-level variable", global.TypePosition, global.Address + _state.LoadBias);
        }

        foreach (var goroutine in _state.Goroutines)
        {
            if (!goroutine.IsDead)
                AddFrames(goroutine);
        }

        return [.. _inFrames, .. _walk.Run()];
    }

    private void AddFrames(in Goroutine goroutine)
    {
        var frames = _state.Stacks.Read(goroutine, out _);
        for (var index = 0; index < Math.Min(frames.Length, FrameLimit); index++)
        {
            var frame = frames[index];
            if (frame.FunctionIndex < 0 || frame.FrameAddress == 0)
                continue;
            foreach (var variable in VariablesAt(frame.LookupAddress))
            {
                if (++_variableCount > VariableLimit)
                    return;
                AddVariable(goroutine, frame, variable);
            }
        }
    }

    private IReadOnlyList<DwarfVariable> VariablesAt(ulong address)
    {
        if (!_variables.TryGetValue(address, out var variables))
            _variables.Add(address, variables = [.. _dwarf.FindVariables(address - _state.LoadBias).Where(variable => variable.TypePosition >= 0 && variable.Expression.Length > 0)]);
        return variables;
    }

    private void AddVariable(in Goroutine goroutine, in StackFrame frame, DwarfVariable variable)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{variable.Function}, goroutine {goroutine.Id}");
        var isMoved = variable.Name.StartsWith('&');
        var name = isMoved ? variable.Name[1..] : variable.Name;
        switch (variable.Pieces)
        {
            // Of a list, one place alone is any one word of the variable.
            case [{ Place: VariablePlace.Frame } whole] when !variable.IsListed || _walk.Resolve(variable.TypePosition) is { Size: <= WordSize }: // -1 for pointers
                var address = frame.FrameAddress + (ulong)whole.Value;
                _walk.Add(name, place, variable.TypePosition, address);
                break;
            case [{ Place: VariablePlace.Frame } pointer, ..] pieces when !isMoved && _walk.Resolve(variable.TypePosition) is { } type && (GoKind)type.GoKind == GoKind.Slice:
                if (InPieces(frame, name, place, type, pieces) is { } slice)
                    _inFrames.Add(slice);
                break;
        }
    }

    /// <summary>A slice whose words the compiler keeps apart. Its capacity is not kept where only its elements are used.</summary>
    private NamedSlice? InPieces(in StackFrame frame, string name, string place, DwarfType type, IReadOnlyList<VariablePiece> pieces)
    {
        var words = new ulong?[3];
        var offset = 0;
        foreach (var piece in pieces)
        {
            if (piece.Place == VariablePlace.Frame && offset % 8 == 0 && offset / 8 < words.Length && _state.Memory.TryReadUInt64(frame.FrameAddress + (ulong)piece.Value, out var word))
                words[offset / 8] = word;
            offset += piece.Size;
        }

        if (_walk.ElementOf(type, out _) is not { Size: > 0 } element || words[0] is not (> 0 and var array) || words[1] is not { } length || (long)length < 0)
            return null;
        var capacity = words[2] ?? length;
        return length <= capacity && capacity is > 0 and < 1UL << 47
            ? new NamedSlice(name, place, new SliceHeader(0, array, (long)length, (long)capacity), element.Size, element.Name, words[2] is not null)
            : null;
    }

    /// <summary>Headers in objects of the heap that no typed variable led to, such as those that closures hold.</summary>
    private IEnumerable<NamedSlice> ByShape(HeapObject array, NamedSlice known, List<NamedSlice> typed)
    {
        var count = 0;
        foreach (var holder in _state.Heap.Words())
        {
            if (holder.Kind != HolderKind.Object || holder.Target < array.Address || holder.Target >= array.End || typed.Exists(slice => slice.Header.Address == holder.Slot)
                || SliceHeader.TryRead(_state.Memory, holder.Slot) is not { Length: > 0, Capacity: > 0 } header
                || (ulong)header.Capacity > (array.End - header.Array) / (ulong)known.ElementSize
                || (header.Array - array.Address) % (ulong)known.ElementSize != 0)
            {
                continue;
            }

            yield return new NamedSlice("", string.Create(CultureInfo.InvariantCulture, $"at 0x{holder.Slot:x}, in an object of the heap"), header, known.ElementSize, known.ElementType, IsCapacityKnown: true);
            if (++count >= ShapeLimit)
                yield break;
        }
    }
}

using System.Buffers.Binary;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Probing;
using Faultline.Diagnosis.Verdicts;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Maps;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Memory;

/// <summary>
/// Finds the other side of a map fault in the memory of a process that stands still, core or live: the goroutines that are inside a write of the
/// victim's map (rule <c>memory-in-write</c> in docs/verdicts.md).
/// </summary>
public sealed class MemoryRivals
{
    private const int FrameWordLimit = 8 * 1024;

    /// <summary>Arguments that a caller leaves room for above the return address.</summary>
    private const ulong ArgumentArea = 64;

    private readonly RuntimeState _state;
    private readonly ProgramCode? _code;
    private readonly Dictionary<int, MapFunction> _functions = [];
    private readonly Dictionary<int, bool> _writes = [];
    private readonly MapLayout _layout;
    private readonly MapWriteMark _mark;
    private readonly ulong _headerSize;

    /// <param name="state">The process.</param>
    /// <param name="code">The program's code; null leaves out what only it tells.</param>
    public MemoryRivals(RuntimeState state, ProgramCode? code)
    {
        _state = state;
        _code = code;
        foreach (var function in Faultline.Binaries.Code.Probing.MapFunctions.FindAll(state.Binary))
            _functions[function.Function.Index] = function;
        var isSwiss = !state.Layouts.Has("runtime.hmap");
        _layout = MapLayout.ForSizes(isSwiss, keySize: 8, elementSize: 8);
        _headerSize = (ulong)Math.Max(8, state.Layouts.Size(isSwiss ? "internal/runtime/maps.Map" : "runtime.hmap"));
        _mark = isSwiss
            ? new MapWriteMark(state.Binary, state.Layouts.Offset("internal/runtime/maps.Map", "writing"), 1)
            : new MapWriteMark(state.Binary, state.Layouts.Offset("runtime.hmap", "flags"), 4);
    }

    /// <summary>Null when the victim's stack shows no map function.</summary>
    /// <param name="victim">The goroutine that raised the fault.</param>
    /// <param name="knownMap">The victim's map, when its registers told; 0 to look for it.</param>
    public MemoryConflict? Find(Goroutine victim, ulong knownMap = 0)
    {
        var frames = _state.Stacks.Read(victim, out _);
        var index = Array.FindIndex(frames, frame => _functions.ContainsKey(frame.FunctionIndex));
        if (index < 0)
            return null;
        var site = index + 1 < frames.Length ? FindSite(frames, index) : null;
        var maps = knownMap != 0 ? [knownMap] : MapsOf(victim, frames, index, site);
        var found = new List<MapWriter>();
        var isAllKnown = true;
        foreach (var goroutine in _state.Goroutines)
        {
            if (goroutine.Address == victim.Address)
                continue;
            var stack = _state.Stacks.Intern(goroutine, out var end);
            isAllKnown &= end == UnwindEnd.Complete;
            if (HasWrite(stack) && Describe(goroutine, maps) is { } writer)
                found.Add(writer);
        }

        // A write whose map is not seen can be one of this map.
        isAllKnown &= found.TrueForAll(writer => writer.MapAddress != 0 || writer.IsAmbiguous || writer.Stage == WriteStage.Unmarked);
        var inside = found.Where(writer => writer.MapAddress != 0 && writer.Stage != WriteStage.Unmarked).ToList();
        var shared = inside.Select(writer => writer.MapAddress).Distinct().ToList();
        // What only looks like a map's header proves nothing: its mark, or a variable that names it, does.
        var named = GlobalsOf(site);
        var map = knownMap != 0 ? knownMap
            : shared is [var only] && (IsMarked(only) || named.Contains(only)) ? only
            : maps is [var single] && (IsMarked(single) || named.Contains(single)) ? single : 0;
        var isMarked = map != 0 && IsMarked(map);
        return new MemoryConflict
        {
            Victim = victim,
            Frames = frames,
            MapFrameIndex = index,
            Operation = site?.Operation ?? _functions[frames[index].FunctionIndex].Operation,
            Site = site,
            MapAddress = map,
            IsMarked = isMarked,
            Writers = [.. inside.OrderByDescending(writer => writer.Stage).ThenBy(writer => writer.IsAmbiguous).ThenBy(writer => writer.Goroutine.Id)],
            // Threads go on for a while before they stand, far longer than a write takes: who is inside by then need not have been when the victim looked.
            Confidence = inside.Count == 0 ? null
                : isMarked && isAllKnown && IsMeasured && inside is [{ Stage: WriteStage.Marked, IsAmbiguous: false }] ? Confidence.Probable
                : Confidence.Possible,
        };
    }

    /// <summary>How often the rule is right was counted on amd64 alone; elsewhere it stays possible.</summary>
    private bool IsMeasured => _state.Binary.Architecture == "amd64";

    private MapCallSite? FindSite(StackFrame[] frames, int index)
    {
        // Functions of the map implementation call each other; the outermost was called by the program.
        while (index + 1 < frames.Length && _functions.ContainsKey(frames[index + 1].FunctionIndex))
            index++;
        for (var caller = index + 1; caller < Math.Min(frames.Length, index + 3); caller++)
        {
            if (_code?.FindMapCallSite(frames[caller].Pc - _state.LoadBias) is { } site)
                return site;
        }

        return null;
    }

    /// <summary>The maps that the victim's frames and the variables that its call names lead to, those that are being written alone if there are any.</summary>
    private List<ulong> MapsOf(Goroutine victim, StackFrame[] frames, int index, MapCallSite? site)
    {
        var maps = GlobalsOf(site);
        if (maps.Count == 0)
        {
            for (var frame = index; frame < Math.Min(frames.Length, index + 2); frame++)
                maps.UnionWith(Words(victim, frames, frame).Where(IsMap));
        }

        var marked = maps.Where(IsMarked).ToList();
        return marked.Count > 0 ? marked : [.. maps];
    }

    private HashSet<ulong> GlobalsOf(MapCallSite? site)
    {
        var maps = new HashSet<ulong>();
        foreach (var root in site?.Operand.DirectRoots ?? [])
        {
            if (root.Kind == MapRootKind.Global && _state.Memory.ReadUInt64(root.Address + _state.LoadBias) is var address && IsMap(address))
                maps.Add(address);
        }

        return maps;
    }

    private bool HasWrite(int stack)
    {
        if (!_writes.TryGetValue(stack, out var has))
            _writes.Add(stack, has = _state.Stacks.Set.Frames(stack).Any(position => IsWrite(position.FunctionIndex)));
        return has;
    }

    private bool IsWrite(int function) =>
        _functions.TryGetValue(function, out var found) && found.Operation is MapOperation.Write or MapOperation.Delete or MapOperation.Clear;

    private MapWriter? Describe(in Goroutine goroutine, List<ulong> maps)
    {
        var frames = _state.Stacks.Read(goroutine, out _);
        var index = Array.FindIndex(frames, frame => IsWrite(frame.FunctionIndex));
        if (index < 0)
            return null;
        var function = _functions[frames[index].FunctionIndex];
        var words = Words(goroutine, frames, index).ToHashSet();
        var held = maps.Find(words.Contains);
        return new MapWriter(
            goroutine, frames, index, function.Operation, _mark.At(function.Function, frames[index].Pc - _state.LoadBias), held,
            words.Any(word => word != held && IsMap(word) && IsMarked(word)));
    }

    /// <summary>What a frame holds: its own words, the arguments above it, and for the innermost one the registers.</summary>
    private IEnumerable<ulong> Words(Goroutine goroutine, StackFrame[] frames, int index)
    {
        var frame = frames[index];
        if (frame.FrameAddress > frame.Sp)
        {
            var bytes = _state.Memory.ReadBytes(frame.Sp, (int)Math.Min(frame.FrameAddress + ArgumentArea - frame.Sp, FrameWordLimit));
            for (var at = 0; at + 8 <= bytes.Length; at += 8)
                yield return BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
        }

        if (index != 0 || !frame.IsExactPc || _state.Stacks.FindThread(goroutine) is not { } thread)
            yield break;
        foreach (var register in thread.Registers.General)
            yield return register;
    }

    /// <summary>A map that goroutines share lies in the heap, in a slot of its header's size.</summary>
    private bool IsMap(ulong address) =>
        _state.Heap.Heap.TryFind(address, out var slot) && slot.Address == address && slot.Size >= _headerSize && slot.Size < 2 * _headerSize
        && GoMap.TryRead(_state.Memory, _state.Layouts, _layout, address) is { } map
        && (map.Swiss is null || map.Swiss.Value.Directory != 0) && (map.Classic is null || map.Classic.Value.Buckets != 0);

    private bool IsMarked(ulong address) => GoMap.TryRead(_state.Memory, _state.Layouts, _layout, address)?.IsWriting == true;
}

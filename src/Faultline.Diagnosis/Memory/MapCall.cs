using System.Buffers.Binary;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Probing;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Unwinding;

namespace Faultline.Diagnosis.Memory;

/// <summary>A call of one of the runtime's map functions that a goroutine is inside of, with what its frame says of it.</summary>
/// <param name="Goroutine">Who called.</param>
/// <param name="Function">The runtime's function.</param>
/// <param name="Key">The key as its type lies in memory; null when the frame does not hold it for certain.</param>
/// <param name="Words">What the frame, those further in and the registers hold, once the key is hashed; before that, what lies there is of earlier calls, and this is empty.</param>
internal sealed record MapCall(Goroutine Goroutine, string Function, byte[]? Key, IReadOnlyList<ulong> Words)
{
    public const int LargestKey = 4096;

    private const int WordSize = 8;
    private const int KeyArgument = 2;
    private const int FrameLimit = 8 * 1024;
    private const int DepthLimit = 16;

    /// <summary>The innermost call on this very map; null when there is none whose code tells which map it works on.</summary>
    public static MapCall? Find(RuntimeState state, Goroutine goroutine, ulong map, GoType key, ArgumentHomes homes, MapPhaseTable phases)
    {
        if (Frames(state, goroutine, map, homes).FirstOrDefault() is not { } call)
            return null;
        var frame = call.Frames[call.Index];
        return new MapCall(
            goroutine, call.Function.Name, KeyOf(state, call, key),
            IsAtWork(phases.At(frame.LookupAddress - state.LoadBias)) ? WordsOf(state, goroutine, call.Frames, call.Index) : []);
    }

    /// <summary>The type of a map, which the map functions are given; null when no frame of a call on this very map holds it for certain.</summary>
    public static GoType? TypeOf(RuntimeState state, Goroutine goroutine, ulong map, ArgumentHomes homes)
    {
        foreach (var call in Frames(state, goroutine, map, homes))
        {
            if (call.Arguments.Type >= 0 && call.Argument(call.Arguments.Type) is { } type && state.Types.FindAt(type) is { Kind: GoKind.Map } found)
                return found;
        }

        return null;
    }

    /// <summary>The frames of map functions that work on a map, innermost first.</summary>
    private static IEnumerable<Reader> Frames(RuntimeState state, Goroutine goroutine, ulong map, ArgumentHomes homes)
    {
        var frames = state.Stacks.Read(goroutine, out _);
        for (var index = 0; index < Math.Min(frames.Length, DepthLimit); index++)
        {
            if (frames[index].FunctionIndex < 0 || frames[index].FrameAddress <= frames[index].Sp)
                continue;
            var function = state.Binary.Functions[frames[index].FunctionIndex];
            if (MapFunctions.FindArguments(function.Name) is not { Map: >= 0 } arguments)
                continue;
            var reader = new Reader(state, goroutine, frames, index, function, arguments, homes);
            if (reader.Argument(arguments.Map) == map)
                yield return reader;
        }
    }

    private static bool IsAtWork(MapInstruction? instruction) =>
        instruction is { Phases: not MapPhases.None } && (instruction.Phases & ~(MapPhases.Hashed | MapPhases.Writing)) == MapPhases.None;

    private static byte[]? KeyOf(RuntimeState state, Reader reader, GoType key)
    {
        var function = reader.Function.Name;
        if (key.Size is 0 or > LargestKey)
            return null;
        var bytes = new byte[key.Size];
        if (function.EndsWith("_faststr", StringComparison.Ordinal))
        {
            if (key.Size != 2 * WordSize || reader.Argument(KeyArgument) is not { } text || reader.Argument(KeyArgument + 1) is not { } length)
                return null;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, text);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(WordSize), length);
            return bytes;
        }

        if (function.Contains("_fast32", StringComparison.Ordinal) || function.Contains("_fast64", StringComparison.Ordinal))
        {
            if (key.Size > WordSize || reader.Argument(KeyArgument) is not { } value)
                return null;
            Span<byte> word = stackalloc byte[WordSize];
            BinaryPrimitives.WriteUInt64LittleEndian(word, value);
            word[..bytes.Length].CopyTo(bytes);
            return bytes;
        }

        // The others take the key's address. An iteration or a clear takes no key.
        var takesKey = function.Contains("mapaccess", StringComparison.Ordinal) || function.Contains("mapassign", StringComparison.Ordinal) || function.Contains("mapdelete", StringComparison.Ordinal)
            || function.EndsWith(".Delete", StringComparison.Ordinal) || function.EndsWith(".Put", StringComparison.Ordinal) || function.EndsWith(".PutSlot", StringComparison.Ordinal);
        return takesKey && reader.Argument(KeyArgument) is { } address && state.Memory.TryRead(address, bytes) ? bytes : null;
    }

    private static List<ulong> WordsOf(RuntimeState state, in Goroutine goroutine, StackFrame[] frames, int index)
    {
        var words = new List<ulong>();
        for (var inner = 0; inner <= index; inner++)
        {
            if (frames[inner].FrameAddress <= frames[inner].Sp || frames[inner].Segment != frames[index].Segment)
                continue;
            var bytes = state.Memory.ReadBytes(frames[inner].Sp, (int)Math.Min(frames[inner].FrameAddress - frames[inner].Sp, FrameLimit));
            for (var at = 0; at + WordSize <= bytes.Length; at += WordSize)
                words.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
        }

        if (frames[0].IsExactPc && frames[0].Segment == frames[index].Segment && state.Stacks.FindThread(goroutine) is { } thread)
            words.AddRange(thread.Registers.General);
        return words;
    }

    private sealed class Reader(RuntimeState state, Goroutine goroutine, StackFrame[] frames, int index, FuncInfo function, MapOperandArguments arguments, ArgumentHomes homes)
    {
        public StackFrame[] Frames => frames;

        public int Index => index;

        public FuncInfo Function => function;

        public MapOperandArguments Arguments => arguments;

        /// <summary>Null when the code does not vouch for where it is.</summary>
        public ulong? Argument(int argument)
        {
            var frame = frames[index];
            return homes.Find(function, frame.Pc - state.LoadBias, argument, frame.FrameAddress - frame.Sp, out var offset) switch
            {
                ArgumentPlace.Stack when state.Memory.TryReadUInt64(frame.Sp + offset, out var word) => word,
                ArgumentPlace.Register when index == 0 && frame.IsExactPc && state.Stacks.FindThread(goroutine) is { } thread => thread.Registers.General[ArgumentHomes.RegisterOf(argument)],
                _ => null,
            };
        }
    }
}

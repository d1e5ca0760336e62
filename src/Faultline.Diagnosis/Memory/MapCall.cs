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
internal sealed record MapCall(Goroutine Goroutine, string Function, byte[]? Key)
{
    public const int LargestKey = 4096;

    private const int WordSize = 8;
    private const int KeyArgument = 2;
    private const int DepthLimit = 16;

    /// <summary>The innermost call on this very map; null when there is none whose code tells which map it works on.</summary>
    public static MapCall? Find(RuntimeState state, Goroutine goroutine, ulong map, GoType key, ArgumentHomes homes) =>
        Frames(state, goroutine, map, homes).FirstOrDefault() is { } call ? new MapCall(goroutine, call.Function.Name, KeyOf(state, call, key)) : null;

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

    private sealed class Reader(RuntimeState state, Goroutine goroutine, StackFrame[] frames, int index, FuncInfo function, MapOperandArguments arguments, ArgumentHomes homes)
    {
        public FuncInfo Function => function;

        public MapOperandArguments Arguments => arguments;

        /// <summary>Null when the code does not vouch for where it is.</summary>
        public ulong? Argument(int argument)
        {
            var frame = frames[index];
            return homes.Find(function, frame.Pc - state.LoadBias, argument, frame.FrameAddress - frame.Sp, out var offset) switch
            {
                ArgumentPlace.Stack when state.Memory.TryReadUInt64(frame.Sp + offset, out var word) => word,
                ArgumentPlace.Register when index == 0 && frame.IsExactPc && state.Stacks.FindThread(goroutine) is { } thread => thread.Registers.General[ArgumentHomes.DwarfRegisterOf(argument)],
                _ => null,
            };
        }
    }
}

using System.Buffers.Binary;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Values;

namespace Faultline.Diagnosis.Memory;

/// <summary>Whether keys are equal to those that are looked for, as Go's <c>==</c> has it, where memory tells that.</summary>
/// <param name="types">The types of the program.</param>
/// <param name="memory">Where the text of strings lies.</param>
internal sealed class KeyEquality(TypeCatalog types, TargetMemory memory)
{
    private const int LongestText = 4096;
    private const int DepthLimit = 16;

    private readonly Dictionary<(ulong Address, ulong Length), byte[]> _sought = [];

    // Several keys are held against each one of the map in turn.
    private (ulong Address, ulong Length) _lastPlace;
    private byte[] _last = [];

    /// <summary>Texts that were read so far, which is what comparing costs.</summary>
    public int TextCount { get; private set; }

    /// <summary>Null when that cannot be told: text is not in memory, or it depends on what an interface holds.</summary>
    /// <param name="type">Type of the keys.</param>
    /// <param name="left">The key that is looked for; its texts are read once.</param>
    /// <param name="right">One of the map's.</param>
    public bool? Compare(GoType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Compare(type, left, right, DepthLimit);

    private bool? Compare(GoType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int depth)
    {
        if (depth == 0)
            return null;
        switch (type.Kind)
        {
            case GoKind.String:
                return CompareText(left, right);
            case GoKind.Float32:
                return BinaryPrimitives.ReadSingleLittleEndian(left) == BinaryPrimitives.ReadSingleLittleEndian(right);
            case GoKind.Float64:
                return BinaryPrimitives.ReadDoubleLittleEndian(left) == BinaryPrimitives.ReadDoubleLittleEndian(right);
            case GoKind.Complex64 or GoKind.Complex128 or GoKind.Interface:
                // The same bits are almost always equal, but a NaN is not.
                return null;
            case GoKind.Array:
                return types.ElementOf(type) is { } element ? ComparePieces(Elements(element, types.LengthOf(type)), left, right, depth) : null;
            case GoKind.Struct:
                return ComparePieces(types.FieldsOf(type).Where(field => field.Name != "_").Select(field => (field.Offset, field.Type)), left, right, depth);
            default:
                return left.SequenceEqual(right);
        }
    }

    private static IEnumerable<(ulong Offset, GoType? Type)> Elements(GoType element, long length)
    {
        for (var index = 0L; index < length && element.Size > 0; index++)
            yield return ((ulong)index * element.Size, element);
    }

    private bool? ComparePieces(IEnumerable<(ulong Offset, GoType? Type)> pieces, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int depth)
    {
        bool? result = true;
        foreach (var (offset, type) in pieces)
        {
            if (type is null || offset + type.Size > (ulong)left.Length)
                return null;
            var equal = Compare(type, left.Slice((int)offset, (int)type.Size), right.Slice((int)offset, (int)type.Size), depth - 1);
            if (equal == false)
                return false;
            result = equal is null ? null : result;
        }

        return result;
    }

    private bool? CompareText(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var (leftText, rightText) = (BinaryPrimitives.ReadUInt64LittleEndian(left), BinaryPrimitives.ReadUInt64LittleEndian(right));
        var length = BinaryPrimitives.ReadUInt64LittleEndian(left[8..]);
        if (length != BinaryPrimitives.ReadUInt64LittleEndian(right[8..]))
            return false;
        if (leftText == rightText || length == 0)
            return true;
        if (length > LongestText)
            return null;
        if (!_sought.TryGetValue((leftText, length), out var leftBytes))
            _sought.Add((leftText, length), leftBytes = Read(leftText, length));
        if (_lastPlace != (rightText, length))
            (_lastPlace, _last) = ((rightText, length), Read(rightText, length));
        var rightBytes = _last;
        return leftBytes.Length == (int)length && rightBytes.Length == (int)length ? leftBytes.AsSpan().SequenceEqual(rightBytes) : null;
    }

    private byte[] Read(ulong text, ulong length)
    {
        TextCount++;
        return memory.ReadBytes(text, (int)length);
    }
}

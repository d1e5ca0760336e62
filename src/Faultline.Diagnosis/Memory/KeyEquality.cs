using System.Buffers.Binary;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Values;

namespace Faultline.Diagnosis.Memory;

/// <summary>Whether two keys are equal as Go's <c>==</c> has it, where memory tells that.</summary>
/// <param name="types">The types of the program.</param>
/// <param name="memory">Where the text of strings lies.</param>
internal sealed class KeyEquality(TypeCatalog types, TargetMemory memory)
{
    private const int LongestText = 64 * 1024;
    private const int DepthLimit = 16;

    // Of all texts together, as they cost time; more exists only in hostile memory.
    private long _left = 256L * 1024 * 1024;

    /// <summary>Null when that cannot be told: text is not in memory, or it depends on what an interface holds.</summary>
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
        if (length > LongestText || (_left -= (long)length) < 0)
            return null;
        var (leftBytes, rightBytes) = (memory.ReadBytes(leftText, (int)length), memory.ReadBytes(rightText, (int)length));
        return leftBytes.Length == (int)length && rightBytes.Length == (int)length ? leftBytes.AsSpan().SequenceEqual(rightBytes) : null;
    }
}

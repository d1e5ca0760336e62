using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code;

internal enum OriginKind : byte
{
    /// <summary>A number, or the address of something in the binary: <see cref="Origin.Address"/>.</summary>
    Constant,

    /// <summary>A map made by the call at <see cref="Origin.Address"/>.</summary>
    MadeMap,

    /// <summary>
    /// A pointer into one object that <see cref="Origin.Function"/> makes and knows as <see cref="Origin.Value"/>: heap object, closure, or stack
    /// variable. <see cref="Origin.Address"/> is its type descriptor when the allocation names one.
    /// </summary>
    Object,

    /// <summary>A pointer into some object of the struct type <see cref="Origin.TypeKey"/>, whose descriptor is <see cref="Origin.Address"/> when known.</summary>
    Typed,

    /// <summary>A pointer to the elements of an array of that struct type, at an index that is not followed.</summary>
    TypedElements,

    /// <summary>The word that a field of that struct type holds.</summary>
    FieldContents,

    /// <summary>The word that the package-level variable at <see cref="Origin.Address"/> holds.</summary>
    GlobalContents,
}

/// <summary>Where a value can come from. <paramref name="Offset"/> is what has been added to a pointer, or the offset of a field.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Origin(OriginKind Kind, int Function, int Value, ulong Address, long Offset, string TypeKey)
{
    public static Origin Constant(ulong value) => new(OriginKind.Constant, -1, 0, value, 0, "");

    public static Origin MadeMap(int function, int value, ulong call) => new(OriginKind.MadeMap, function, value, call, 0, "");

    public static Origin Object(int function, int value, ulong type, long offset) => new(OriginKind.Object, function, value, type, offset, "");

    public static Origin Typed(string key, ulong type, long offset) => new(OriginKind.Typed, -1, 0, type, offset, key);

    public static Origin TypedElements(string key, ulong type, long offset) => new(OriginKind.TypedElements, -1, 0, type, offset, key);

    public static Origin FieldContents(string key, ulong type, long offset) => new(OriginKind.FieldContents, -1, 0, type, offset, key);

    public static Origin GlobalContents(ulong address) => new(OriginKind.GlobalContents, -1, 0, address, 0, "");
}

/// <summary>A value of one function.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionValue(int Function, int Value);

/// <summary>The origins of a value. Incomplete when some path backwards could not be followed.</summary>
internal sealed class OriginSet
{
    // More origins than this exclude nothing and cost time.
    private const int Limit = 64;

    private readonly HashSet<Origin> origins = [];

    public IReadOnlyCollection<Origin> Origins => origins;

    public bool IsComplete { get; private set; } = true;

    public void Add(Origin origin)
    {
        if (origins.Count < Limit || origins.Contains(origin))
            origins.Add(origin);
        else
            IsComplete = false;
    }

    public void Add(OriginSet other)
    {
        foreach (Origin origin in other.origins)
            Add(origin);
        IsComplete &= other.IsComplete;
    }

    /// <summary>The same origins, among others that are not known.</summary>
    public OriginSet AsIncomplete()
    {
        var copy = new OriginSet();
        copy.Add(this);
        copy.Lose();
        return copy;
    }

    public void Lose() => IsComplete = false;

    public bool SameAs(OriginSet other) => IsComplete == other.IsComplete && origins.SetEquals(other.origins);
}

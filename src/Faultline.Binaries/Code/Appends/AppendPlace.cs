using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code.Appends;

/// <summary>What kind of place a slice lives in.</summary>
public enum AppendPlaceKind
{
    /// <summary>A package-level variable, or a part of one.</summary>
    Global,

    /// <summary>A field of the objects of one named struct type, whichever object it is.</summary>
    Field,

    /// <summary>A local variable on the heap, which func literals or pointers share.</summary>
    Variable,
}

/// <summary>A place that holds a slice and that code on several goroutines can reach.</summary>
/// <param name="Kind">What <paramref name="Address"/> and <paramref name="Offset"/> mean.</param>
/// <param name="Address">Of the variable's pointer word; of the struct type's descriptor (0 when unknown); of the call that made the heap variable.</param>
/// <param name="Offset">Bytes of the field from the start of the struct, of the pointer word in the heap variable, or 0.</param>
/// <param name="Name">For the reader: <c>main.recent</c>, <c>main.journal+16</c>, <c>a variable of main.captured</c>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AppendPlace(AppendPlaceKind Kind, ulong Address, long Offset, string Name)
{
    /// <summary>Fields are compared by type name and offset, because the descriptor is not known everywhere.</summary>
    public bool Equals(AppendPlace other) => Kind == other.Kind && Offset == other.Offset
        && (Kind == AppendPlaceKind.Field ? string.Equals(Name, other.Name, StringComparison.Ordinal) : Address == other.Address);

    public override int GetHashCode() => Kind == AppendPlaceKind.Field
        ? HashCode.Combine(Kind, Offset, StringComparer.Ordinal.GetHashCode(Name))
        : HashCode.Combine(Kind, Offset, Address);
}

using System.Runtime.InteropServices;

namespace Faultline.Runtime.Heap;

/// <summary>What keeps an object alive.</summary>
public enum HolderKind
{
    /// <summary>A package-level variable.</summary>
    Global,

    /// <summary>The stack or a register of a goroutine.</summary>
    Stack,

    /// <summary>Another object of the heap.</summary>
    Object,

    /// <summary>A finalizer or clean-up of an object.</summary>
    Finalizer,
}

/// <summary>A word that leads to an object.</summary>
/// <param name="Slot">Address of the word; 0 for a register.</param>
/// <param name="Target">The address in it, which may lie inside the object.</param>
/// <param name="Object">Beginning of the object that holds the word; 0 unless the kind is <see cref="HolderKind.Object"/>.</param>
/// <param name="Goroutine">Number of the goroutine whose stack it is; 0 otherwise.</param>
/// <param name="Frame">Index of its frame, 0 the innermost; -1 otherwise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Holder(HolderKind Kind, ulong Slot, ulong Target, ulong Object, ulong Goroutine, int Frame);

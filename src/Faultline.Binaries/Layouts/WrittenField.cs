using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Layouts;

/// <summary>An instruction that can write to a field.</summary>
/// <param name="Function">The function that holds it.</param>
/// <param name="Place">Its line; null when the binary does not say.</param>
/// <param name="IsAtomic">True for atomic instructions, and for calls of the methods of locks and atomic types.</param>
/// <param name="Goroutines">What runs it: entry functions of go statements, and <c>main</c>; sorted.</param>
public sealed record FieldWriter(string Function, SourceFrame? Place, bool IsAtomic, IReadOnlyList<string> Goroutines);

/// <summary>A field without fields of its own that code writes to.</summary>
/// <param name="Path">The field, outermost first.</param>
/// <param name="Offset">From the start of the outermost struct.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Writers">In the order of their addresses.</param>
public sealed record WrittenField(IReadOnlyList<LaidField> Path, long Offset, long Size, IReadOnlyList<FieldWriter> Writers)
{
    /// <summary>All that run a writer; sorted.</summary>
    public IReadOnlyList<string> Goroutines => field ??= [.. Writers.SelectMany(writer => writer.Goroutines).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>
    /// True when the two are written by different goroutines, and parting them would spare some goroutine a line that only the other one
    /// changes: their writers are not the same ones.
    /// </summary>
    public bool IsApartFrom(WrittenField other) =>
        Goroutines.Count > 0 && other.Goroutines.Count > 0 && !Goroutines.SequenceEqual(other.Goroutines, StringComparer.Ordinal);
}

namespace Faultline.Diagnosis.Races;

/// <summary>An operand of a source line: a name with its selectors, indexes and calls.</summary>
/// <param name="Text">As written, such as <c>items[2].count</c>.</param>
/// <param name="Path">The same without indexes: <c>items.count</c>.</param>
/// <param name="Root">The first name.</param>
/// <param name="IsAssigned">It is assigned to, or changed by <c>++</c>, <c>+=</c> and the like.</param>
/// <param name="IsRead">Its value is used; an operand of <c>+=</c> is both.</param>
/// <param name="IsIndexed">It has an index.</param>
/// <param name="Call">The builtin or conversion that it is the first argument of, such as <c>append</c>; empty for none.</param>
/// <param name="ArgumentIndex">Which argument of that it is.</param>
internal sealed record SourceOperand(string Text, string Path, string Root, bool IsAssigned, bool IsRead, bool IsIndexed, string Call, int ArgumentIndex)
{
    /// <summary>The last name: the field, or the variable itself.</summary>
    public string Last => Path[(Path.LastIndexOf('.') + 1)..];
}

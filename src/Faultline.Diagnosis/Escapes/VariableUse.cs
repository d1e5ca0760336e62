namespace Faultline.Diagnosis.Escapes;

/// <summary>A variable on a line that one side ran.</summary>
/// <param name="Side">Index of the side.</param>
/// <param name="Name">The variable itself: <c>page</c> of <c>page.inner.depth</c>.</param>
/// <param name="Function">Symbol of the function of that line.</param>
/// <param name="File">Its path.</param>
/// <param name="Line">One-based.</param>
/// <param name="Stack">Functions of the side's stack, innermost first.</param>
/// <param name="Started">File and line of the <c>go</c> statement that started the side; null when not known.</param>
internal sealed record VariableUse(int Side, string Name, string Function, string File, int Line, IReadOnlyList<string> Stack, (string File, int Line)? Started)
{
    /// <summary>The first name of a source form: <c>left</c> of <c>left[1]</c>, <c>users</c> of <c>delete(users, …)</c>; empty when there is none.</summary>
    public static string RootOf(string expression)
    {
        ReadOnlySpan<char> rest = expression;
        foreach (string word in (string[])["delete(", "clear(", "close(", "copy(", "append(", "maps.Clone(", "range ", "<-"])
        {
            if (rest.StartsWith(word, StringComparison.Ordinal))
                rest = rest[word.Length..];
        }

        rest = rest.TrimStart("*&( ");
        int end = 0;
        while (end < rest.Length && (char.IsLetterOrDigit(rest[end]) || rest[end] == '_'))
            end++;
        return end > 0 && !char.IsDigit(rest[0]) ? rest[..end].ToString() : "";
    }
}

namespace Faultline.Evidence.Escapes;

/// <summary>Compares paths of which one may be relative: the compiler prints them from where the build ran, other recorders in full.</summary>
public static class SourcePath
{
    /// <summary>Equal, or one ends with the other, element by element; <c>./</c> and <c>../</c> in front of a relative path do not count.</summary>
    public static bool AreSame(string one, string other)
    {
        ReadOnlySpan<char> left = Plain(one);
        ReadOnlySpan<char> right = Plain(other);
        if (left.Length < right.Length)
        {
            ReadOnlySpan<char> shorter = left;
            left = right;
            right = shorter;
        }

        return right.Length > 0 && left.EndsWith(right, StringComparison.Ordinal)
            && (left.Length == right.Length || right[0] == '/' || left[left.Length - right.Length - 1] == '/');
    }

    private static ReadOnlySpan<char> Plain(string path)
    {
        ReadOnlySpan<char> rest = path;
        while (rest.StartsWith("./", StringComparison.Ordinal) || rest.StartsWith("../", StringComparison.Ordinal))
            rest = rest[(rest.IndexOf('/') + 1)..];
        return rest;
    }
}

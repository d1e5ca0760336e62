using System.Text.RegularExpressions;

namespace Faultline.Evidence.Escapes;

/// <summary>The names that the compiler gives to func literals: <c>f.func1</c>, <c>f.func1.2</c>, <c>f.gowrap1</c>, <c>f-range1</c>.</summary>
public static partial class EscapeNames
{
    /// <summary>What the compiler calls every func literal.</summary>
    public const string Literal = "func literal";

    /// <summary>True for the name of a func literal, with its package or without.</summary>
    public static bool IsLiteral(string function) => LiteralEnd().IsMatch(function);

    /// <summary>The function in which a literal is written; the function itself for others.</summary>
    public static string ParentOf(string function)
    {
        Match match = LiteralEnd().Match(function);
        return match.Success ? function[..match.Index] : function;
    }

    /// <summary>The outermost function around a literal.</summary>
    public static string RootOf(string function)
    {
        while (ParentOf(function) is var parent && parent.Length < function.Length)
            function = parent;
        return function;
    }

    /// <summary>True for the function that the compiler makes for <c>go f(x)</c> (Go 1.22 and newer).</summary>
    public static bool IsGoWrap(string function) => GoWrap().IsMatch(function);

    /// <summary>True for the function that the compiler makes for <c>defer f(x)</c> (Go 1.22 and newer).</summary>
    public static bool IsDeferWrap(string function) => DeferWrap().IsMatch(function);

    [GeneratedRegex(@"(\.(func|gowrap|deferwrap)?[0-9]+|-range[0-9]+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LiteralEnd();

    [GeneratedRegex(@"\.gowrap[0-9]+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GoWrap();

    [GeneratedRegex(@"\.deferwrap[0-9]+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DeferWrap();
}

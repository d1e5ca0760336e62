using System.Text;

namespace Faultline.Binaries.Code;

/// <summary>What a function symbol says about the type it is a method of.</summary>
internal static class MethodSymbol
{
    /// <summary>
    /// The receiver's type of a method with a pointer receiver, as import path and name with type arguments left out:
    /// <c>example.com/shop.cart</c> for <c>example.com/shop.(*cart).add</c>. Closures and wrappers inside a method are no methods.
    /// </summary>
    public static bool TryGetPointerReceiver(string symbol, out string typeName)
    {
        typeName = "";
        int open = symbol.IndexOf(".(*", StringComparison.Ordinal);
        int close = open < 0 ? -1 : ClosingParenthesis(symbol, open + 1);
        if (close < 0 || close + 2 >= symbol.Length || symbol[close + 1] != '.')
            return false;
        ReadOnlySpan<char> method = WithoutTypeArguments(symbol[(close + 2)..]);
        if (method.ContainsAny('.', '-'))
            return false;
        typeName = TypeKey(UnescapePath(symbol[..open]), symbol[(open + 3)..close]);
        return true;
    }

    /// <summary>True for a method that values in interfaces or reflection can call: one with an exported name.</summary>
    public static bool IsExportedMethod(string symbol)
    {
        string name = WithoutTypeArguments(symbol);
        int slash = name.LastIndexOf('/');
        string local = name[(slash + 1)..];
        string[] parts = local.Split('.');
        return parts.Length == 3 && parts[2].Length > 0 && char.IsUpper(parts[2][0]) && !parts[2].Contains('-', StringComparison.Ordinal);
    }

    /// <summary>The import path of a symbol's package.</summary>
    public static string PackageOf(string symbol)
    {
        int bracket = symbol.IndexOf('[', StringComparison.Ordinal);
        int end = bracket < 0 ? symbol.Length : bracket;
        int slash = symbol.LastIndexOf('/', end - 1 < 0 ? 0 : end - 1);
        int dot = symbol.IndexOf('.', slash + 1);
        return dot < 0 ? "" : UnescapePath(symbol[..dot]);
    }

    /// <summary>The key under which a type is compared: all instances of a generic type count as one.</summary>
    public static string TypeKey(string package, string name)
    {
        int bracket = name.IndexOf('[', StringComparison.Ordinal);
        return package + "." + (bracket < 0 ? name : name[..bracket] + "[...]");
    }

    /// <summary>The linker writes dots in the last path element, and a few other bytes, as %xx.</summary>
    public static string UnescapePath(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal))
            return path;
        var text = new StringBuilder(path.Length);
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && byte.TryParse(path.AsSpan(i + 1, 2), System.Globalization.NumberStyles.HexNumber, provider: null, out byte value))
            {
                text.Append((char)value);
                i += 2;
            }
            else
            {
                text.Append(path[i]);
            }
        }
        return text.ToString();
    }

    private static int ClosingParenthesis(string symbol, int open)
    {
        int depth = 0;
        for (int i = open; i < symbol.Length; i++)
        {
            depth += symbol[i] switch { '(' or '[' => 1, ')' or ']' => -1, _ => 0 };
            if (depth == 0)
                return i;
        }
        return -1;
    }

    private static string WithoutTypeArguments(string symbol)
    {
        if (!symbol.Contains('[', StringComparison.Ordinal))
            return symbol;
        var text = new StringBuilder(symbol.Length);
        int depth = 0;
        foreach (char c in symbol)
        {
            depth += c == '[' ? 1 : 0;
            if (depth == 0)
                text.Append(c);
            depth -= c == ']' ? 1 : 0;
        }
        return text.ToString();
    }
}

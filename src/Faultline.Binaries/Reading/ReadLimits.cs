namespace Faultline.Binaries.Reading;

/// <summary>Caps that every count, size and depth from an input passes before anything is allocated for it.</summary>
public static class ReadLimits
{
    /// <summary>Longest symbol, file or type name, in bytes.</summary>
    public const int NameSize = 64 * 1024;

    /// <summary>Most section or program headers of one file.</summary>
    public const int HeaderCount = 65_536;

    /// <summary>Most functions of one pclntab.</summary>
    public const int FunctionCount = 16 * 1024 * 1024;

    /// <summary>Deepest chain of inlined calls at one address.</summary>
    public const int InlineDepth = 256;

    /// <summary>Deepest nesting of one type name.</summary>
    public const int TypeDepth = 64;
}

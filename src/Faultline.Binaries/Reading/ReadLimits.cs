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

    /// <summary>Largest section after decompression, in bytes.</summary>
    public const int SectionSize = 256 * 1024 * 1024;

    /// <summary>Most rows of the line table of one unit.</summary>
    public const int LineRowCount = 4 * 1024 * 1024;

    /// <summary>Most files or folders of one unit.</summary>
    public const int UnitFileCount = 64 * 1024;

    /// <summary>Most attributes of one kind of DWARF entry.</summary>
    public const int AttributeCount = 256;

    /// <summary>Deepest nesting of DWARF entries.</summary>
    public const int EntryDepth = 512;

    /// <summary>Longest chain of DWARF references that is followed (abstract origins, type modifiers).</summary>
    public const int ReferenceDepth = 32;

    /// <summary>Deepest chain of inlined calls at one address.</summary>
    public const int InlineDepth = 256;

    /// <summary>Deepest nesting of one type name.</summary>
    public const int TypeDepth = 64;
}

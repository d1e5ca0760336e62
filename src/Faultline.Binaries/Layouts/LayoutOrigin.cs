namespace Faultline.Binaries.Layouts;

/// <summary>What a layout was read from.</summary>
public enum LayoutOrigin
{
    /// <summary>The DWARF of the binary or of its debug file.</summary>
    Dwarf,

    /// <summary>The type descriptors that every Go binary has, stripped or not.</summary>
    TypeDescriptors,

    /// <summary>The table that was derived from real toolchains. It knows places and sizes, no types, and of some structs not every field.</summary>
    BuiltIn,
}

using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code.Listing;

/// <summary>What a value that an instruction makes or touches stands for.</summary>
public enum NamedValueKind
{
    None,

    /// <summary>A type descriptor; the text is the type.</summary>
    Type,

    /// <summary>The bytes of a string constant; the text is the string, or its beginning.</summary>
    String,

    /// <summary>A variable or other data that has a symbol.</summary>
    Symbol,
}

/// <summary>The meaning of an address in an instruction. Text from the program is not made safe to print.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NamedValue(NamedValueKind Kind, string Text);

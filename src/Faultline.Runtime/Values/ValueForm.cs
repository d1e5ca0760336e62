namespace Faultline.Runtime.Values;

/// <summary>How a <see cref="GoValue"/> is to be shown.</summary>
public enum ValueForm
{
    /// <summary>Number or truth value: its text says it all.</summary>
    Scalar,

    /// <summary>Text, and its length in bytes, of which the text may be only the beginning.</summary>
    String,

    /// <summary>Fields.</summary>
    Struct,

    /// <summary>A number of elements that is part of the type.</summary>
    Array,

    /// <summary>Elements, with length, capacity and the address of the array.</summary>
    Slice,

    /// <summary>An address, and the value there if it was asked for.</summary>
    Pointer,

    /// <summary>A value of another type, which it carries.</summary>
    Interface,

    /// <summary>Address, length and entries.</summary>
    Map,

    /// <summary>Address, number of buffered elements and room.</summary>
    Channel,

    /// <summary>The function's name.</summary>
    Function,

    /// <summary>nil of a kind that can be it.</summary>
    Nil,

    /// <summary>The memory is not there, or the type is unknown; the text says which.</summary>
    Missing,
}

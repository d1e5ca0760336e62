using System.Runtime.InteropServices;
using Faultline.Binaries.GoSym;

namespace Faultline.Runtime.Values;

/// <summary>A value of the program as it lay in memory, down to a depth and a size. Immutable.</summary>
public sealed record GoValue
{
    /// <summary>Null when the type is unknown.</summary>
    public GoType? Type { get; init; }

    /// <summary>Go's spelling; empty when unknown.</summary>
    public string TypeName => Type?.Name ?? "";

    /// <summary>Where the value itself lies.</summary>
    public ulong Address { get; init; }

    public required ValueForm Form { get; init; }

    /// <summary>The number, the string's text, the function's name, or what is missing; otherwise empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>The address that a pointer, slice, map, channel, function or interface leads to; 0 for nil.</summary>
    public ulong Target { get; init; }

    /// <summary>Elements of a slice, array, map or channel, bytes of a string.</summary>
    public long Length { get; init; }

    /// <summary>Room of a slice or channel.</summary>
    public long Capacity { get; init; }

    /// <summary>Fields, elements, entries; the one value that a pointer or interface leads to.</summary>
    public IReadOnlyList<GoMember> Members { get; init; } = [];

    /// <summary>There are more members, or more text, than the limits let through.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A part of a value.</summary>
/// <param name="Name">Of a field; empty for others.</param>
/// <param name="Key">Of a map's entry; null for others.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GoMember(string Name, GoValue? Key, GoValue Value);

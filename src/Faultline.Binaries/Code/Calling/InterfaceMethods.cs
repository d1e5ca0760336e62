namespace Faultline.Binaries.Code.Calling;

/// <summary>An interface type with its methods.</summary>
/// <param name="Address">Link-time address of the type descriptor.</param>
/// <param name="Name">Go spelling, such as <c>io.Writer</c>.</param>
/// <param name="Methods">Names of its methods in the order of interface tables.</param>
internal sealed record InterfaceMethods(ulong Address, string Name, IReadOnlyList<string> Methods);

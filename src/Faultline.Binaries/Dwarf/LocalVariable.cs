namespace Faultline.Binaries.Dwarf;

/// <summary>A variable or parameter of one function's code, with all places that it has there.</summary>
/// <param name="Name">As the programmer wrote it.</param>
/// <param name="IsByAddress">
/// What DWARF describes is its address, under the name <c>&amp;name</c>: the compiler moved it to the heap, or a func literal captured it by reference, from the heap or from the frame of the function around it.
/// </param>
/// <param name="Type">Name of its type; empty when unknown.</param>
/// <param name="TypePosition">The type's entry, for <see cref="DwarfInfo.ReadType"/>; -1 when unknown.</param>
/// <param name="Function">The function that declares it.</param>
/// <param name="Code">The function whose code it is; another one than <paramref name="Function"/> where that was inlined.</param>
/// <param name="Entry">Where that code begins, as a link-time address.</param>
/// <param name="File">The file that declares the function; empty when unknown.</param>
/// <param name="Line">One-based line of the declaration; 0 when unknown.</param>
/// <param name="Places">The different places in the order of the code, each in pieces; empty when it has none, because nothing uses it.</param>
public sealed record LocalVariable(
    string Name, bool IsByAddress, string Type, int TypePosition, string Function, string Code, ulong Entry, string File, int Line, bool IsParameter, IReadOnlyList<IReadOnlyList<VariablePiece>> Places);

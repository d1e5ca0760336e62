namespace Faultline.Binaries.GoSym;

/// <summary>One logical frame at an address: the function that the programmer wrote, inlined or not.</summary>
/// <param name="Function">Full symbol name as the linker has it, such as <c>main.(*cache).get</c>.</param>
/// <param name="File">Path as compiled in; empty when the tables have none.</param>
/// <param name="Line">One-based line; 0 when unknown.</param>
/// <param name="Inlined">True when the frame has no stack frame of its own; false for the physical function, which comes last.</param>
/// <param name="FunctionEntry">Link-time entry address of the physical function that holds the code.</param>
public readonly record struct SourceFrame(string Function, string File, int Line, bool Inlined, ulong FunctionEntry);

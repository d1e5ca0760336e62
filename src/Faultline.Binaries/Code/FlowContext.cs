namespace Faultline.Binaries.Code;

/// <summary>What the flow of a function needs to know about the rest of the program.</summary>
/// <param name="RoleOf">Role of the function that holds an address.</param>
/// <param name="NameAt">Name of the function that holds an address; empty when none does.</param>
/// <param name="EntryOf">Entry of the function that holds an address; 0 when none does.</param>
/// <param name="TakesStackArguments">True when the function at an entry takes arguments beyond the registers.</param>
/// <param name="SizeOfType">Size of the values of a type by its descriptor's address; 0 when there is none.</param>
/// <param name="ReadWord">The word at an address of the binary; null when it is not in the file.</param>
internal sealed record FlowContext(
    Func<ulong, RuntimeRole> RoleOf, Func<ulong, string> NameAt, Func<ulong, ulong> EntryOf, Func<ulong, bool> TakesStackArguments, Func<ulong, long> SizeOfType,
    Func<ulong, ulong?> ReadWord);

namespace Faultline.Binaries.Code;

/// <summary>What the flow of a function needs to know about the rest of the program.</summary>
/// <param name="RoleOf">Role of the function that holds an address.</param>
/// <param name="NameAt">Name of the function that holds an address; empty when none does.</param>
/// <param name="EntryOf">Entry of the function that holds an address; 0 when none does.</param>
/// <param name="ReadWord">The word at an address of the binary; null when it is not in the file.</param>
internal sealed record FlowContext(Func<ulong, RuntimeRole> RoleOf, Func<ulong, string> NameAt, Func<ulong, ulong> EntryOf, Func<ulong, ulong?> ReadWord);

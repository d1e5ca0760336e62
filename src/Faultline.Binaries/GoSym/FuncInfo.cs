namespace Faultline.Binaries.GoSym;

/// <summary>One physical function of the pclntab. Addresses are link-time addresses, <c>[Entry, End)</c>.</summary>
public readonly record struct FuncInfo(int Index, string Name, ulong Entry, ulong End);

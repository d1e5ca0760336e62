using System.Runtime.InteropServices;

namespace Faultline.Runtime.Cores;

/// <summary>The process as the kernel named it (<c>NT_PRPSINFO</c>).</summary>
/// <param name="ProcessId">Process id, in the namespace of whoever wrote the core.</param>
/// <param name="Name">At most 15 characters of the file name.</param>
/// <param name="Arguments">The command line, at most 79 bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CoreProcess(int ProcessId, string Name, string Arguments);

using System.Runtime.InteropServices;

namespace Faultline.Runtime.Live;

/// <summary>A mapping of a process, <c>[Start, End)</c>.</summary>
/// <param name="Permissions">As the kernel writes them: <c>rw-p</c>.</param>
/// <param name="FileOffset">Bytes from the start of the file.</param>
/// <param name="Inode">Of the file; 0 for memory without one.</param>
/// <param name="Path">The file, or a name in brackets; empty for memory without one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MemoryRange(ulong Start, ulong End, string Permissions, long FileOffset, ulong Inode, string Path)
{
    public bool IsReadable => Permissions[0] == 'r';

    public bool IsWritable => Permissions[1] == 'w';

    public bool IsExecutable => Permissions[2] == 'x';

    public bool IsShared => Permissions[3] == 's';
}

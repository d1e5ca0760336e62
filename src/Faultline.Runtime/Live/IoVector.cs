using System.Runtime.InteropServices;

namespace Faultline.Runtime.Live;

/// <summary>The kernel's <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public nuint Address;
    public nuint Size;
}

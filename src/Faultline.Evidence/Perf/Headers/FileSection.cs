using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Perf.Headers;

/// <summary><c>struct perf_file_section</c>: a part of the file. Values past the largest file offset read as that.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileSection(long Offset, long Size)
{
    public const int StructureSize = 16;

    public static FileSection Read(ref ByteCursor cursor) => new(Clamp(cursor.ReadUInt64()), Clamp(cursor.ReadUInt64()));

    private static long Clamp(ulong value) => (long)Math.Min(value, long.MaxValue);
}

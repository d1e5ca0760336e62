using System.Collections.Frozen;

namespace Faultline.Reports.Findings;

/// <summary>The folders at the top of Go's standard library (<c>$GOROOT/src</c>, Go 1.19 to 1.27), and files that the toolchain makes up.</summary>
internal static class StandardFolders
{
    private static readonly FrozenSet<string> s_names =
        ("archive arena bufio builtin bytes cmd cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math "
        + "mime net os path plugin reflect regexp runtime simd slices sort strconv strings structs sync syscall testing text time unicode unique unsafe uuid vendor weak")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for a relative path in one of them, and for a generated file, which is nowhere.</summary>
    public static bool Hold(string path) =>
        path.IndexOf('/', StringComparison.Ordinal) is > 0 and var end ? s_names.Contains(path[..end]) : path is "_testmain.go" || path.StartsWith("_cgo_", StringComparison.Ordinal) || path.StartsWith('<');
}

using System.Runtime.InteropServices;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>One goroutine of the log, as stored.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct GoroutineRecord
{
    public long Id;

    /// <summary>Log line of the header.</summary>
    public long Line;

    /// <summary>Start of its frames in the <see cref="FrameArchive"/>.</summary>
    public long Archive;

    /// <summary>Its end in the <see cref="StackTrie"/>; a creation is the last step.</summary>
    public int Leaf;

    public int StackIndex;

    /// <summary>Index of the text in brackets.</summary>
    public int Shape;

    /// <summary>The <c>gp=</c>; 0 when not printed.</summary>
    public ulong G;

    /// <summary>Index of m and mp; -1 when not printed or nil, as for all but a few.</summary>
    public int Thread;

    public bool IsUnavailable;
}

/// <summary>The <c>m=</c> and <c>mp=</c> of a header.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct GoroutineThread(long? M, ulong? Address);

namespace Faultline.Runtime.Live;

/// <summary>What the kernel tells about besides signals (<c>PTRACE_O_…</c>). There is no option here that makes a system call stop, or that kills the process with its tracer.</summary>
[Flags]
public enum TraceOptions
{
    None = 0,

    /// <summary>A forked process, which is traced as well from its first instruction.</summary>
    Fork = 1 << 1,

    /// <summary>A new thread, which is traced as well.</summary>
    Clone = 1 << 3,

    /// <summary>The process became another program.</summary>
    Exec = 1 << 4,
}

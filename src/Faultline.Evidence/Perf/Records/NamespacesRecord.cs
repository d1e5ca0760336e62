namespace Faultline.Evidence.Perf.Records;

/// <summary>Namespaces of a process (NAMESPACES): tells containers apart. A view into the recording: valid until the reader moves on.</summary>
public readonly ref struct NamespacesRecord
{
    private const int PidIndex = 3;
    private const int MountIndex = 5;

    internal NamespacesRecord(int processId, int threadId, ReadOnlySpan<ulong> links)
    {
        ProcessId = processId;
        ThreadId = threadId;
        Links = links;
    }

    public int ProcessId { get; }

    public int ThreadId { get; }

    public int Count => Links.Length / 2;

    /// <summary>Inode of the pid namespace, as <c>/proc/PID/ns/pid</c> has it; 0 when not recorded.</summary>
    public ulong PidNamespace => InodeAt(PidIndex);

    /// <summary>Inode of the mount namespace; 0 when not recorded.</summary>
    public ulong MountNamespace => InodeAt(MountIndex);

    /// <summary>Device and inode, in turns.</summary>
    private ReadOnlySpan<ulong> Links { get; }

    private ulong InodeAt(int index) => index < Count ? Links[(2 * index) + 1] : 0;
}

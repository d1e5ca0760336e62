namespace Faultline.Evidence.ExecutionTraces.Analysis;

/// <summary>A task of <c>runtime/trace</c>. Times are nanoseconds of the trace clock.</summary>
public sealed class UserTask
{
    internal UserTask(ulong id, ulong? parent, string name, long? start, long goroutine)
    {
        Id = id;
        Parent = parent;
        Name = name;
        Start = start;
        Goroutine = goroutine;
    }

    public ulong Id { get; }

    /// <summary>The task inside which it was made; null for none.</summary>
    public ulong? Parent { get; }

    /// <summary>Its type, as the program names it; empty when it began before the trace.</summary>
    public string Name { get; }

    /// <summary>Null when it began before the trace.</summary>
    public long? Start { get; }

    /// <summary>Null when it had not ended when the trace did.</summary>
    public long? End { get; internal set; }

    /// <summary>The goroutine that began it (or, when that was before the trace, ended it).</summary>
    public long Goroutine { get; }
}

/// <summary>All tasks of one name.</summary>
public sealed class UserTaskTotal
{
    internal UserTaskTotal(string name) => Name = name;

    public string Name { get; }

    public long Count { get; internal set; }

    /// <summary>Those that had not ended when the trace did.</summary>
    public long Unfinished { get; internal set; }

    /// <summary>Time of those that began and ended in the trace, in nanoseconds.</summary>
    public long Nanoseconds { get; internal set; }

    public long Longest { get; internal set; }
}

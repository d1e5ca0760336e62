namespace Faultline.Diagnosis.Recordings.Threads;

/// <summary>What an operating system thread did, as the kernel's scheduler saw it.</summary>
public enum SchedulingState
{
    /// <summary>Before its first event, and where events are missing.</summary>
    Unknown,

    /// <summary>On a processor.</summary>
    Running,

    /// <summary>Could go on: preempted, or woken and not yet on a processor.</summary>
    Runnable,

    /// <summary>Waits in a futex call: in Go a thread without work, or one that waits for a lock of the runtime. Told only where the ends of the calls are recorded too.</summary>
    Futex,

    /// <summary>Waits for something else: a timer, the network, a file, a child (<c>TASK_INTERRUPTIBLE</c>); in recordings without the ends of futex calls also for those.</summary>
    Blocked,

    /// <summary>Waits for a device and takes no signal (<c>TASK_UNINTERRUPTIBLE</c>).</summary>
    Device,

    /// <summary>Stopped by a signal or a tracer.</summary>
    Stopped,
}

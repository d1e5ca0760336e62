namespace Faultline.Evidence.Scheduling;

/// <summary>Status numbers of goroutines (<c>runtime/runtime2.go</c>), and their words.</summary>
internal static class GoroutineStatus
{
    public const int Idle = 0;
    public const int Runnable = 1;
    public const int Running = 2;
    public const int Syscall = 3;
    public const int Waiting = 4;
    public const int Dead = 6;
    public const int DeadExtra = 11;

    private const int ScanBit = 0x1000;

    private static readonly string?[] Names = ["idle", "runnable", "running", "syscall", "waiting", null, "dead", null, "copystack", "preempted", "leaked", "deadextra"];

    /// <summary>The status without the mark of a stack that is being scanned.</summary>
    public static int WithoutScan(int status) => status & ~ScanBit;

    public static bool IsDead(int status) => status is Idle or Dead or DeadExtra;

    public static string NameOf(int status) => (uint)status < (uint)Names.Length && Names[status] is { } name ? name : $"status {status}";
}

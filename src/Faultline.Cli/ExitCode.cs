namespace Faultline.Cli;

/// <summary>What the process tells its caller; from 64 on as in <c>sysexits.h</c>.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>A verdict reached the level of <c>--fail-on</c>.</summary>
    public const int FailOnMet = 3;

    public const int Usage = 64;

    /// <summary>An input is unreadable, or holds no crash.</summary>
    public const int BadData = 65;

    public const int InputMissing = 66;

    /// <summary>A tool or a permission is missing.</summary>
    public const int Unavailable = 69;

    /// <summary>A fault of faultline itself.</summary>
    public const int Internal = 70;
}

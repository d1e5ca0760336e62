namespace Faultline.Cli;

/// <summary>Something that the user can set right: one sentence or two, and the exit code. Only <c>Main</c> catches it.</summary>
internal sealed class UserErrorException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

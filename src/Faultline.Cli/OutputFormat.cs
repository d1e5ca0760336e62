namespace Faultline.Cli;

/// <summary>The values of <c>--format</c> of commands that write text or JSON.</summary>
internal enum OutputFormat
{
    Text,
    Json,
}

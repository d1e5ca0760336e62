namespace Faultline.Cli.Calling;

/// <summary>The values of <c>--format</c>.</summary>
internal enum CallersFormat
{
    Text,
    Json,
    Dot,
    Mermaid,
}

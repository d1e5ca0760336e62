namespace Faultline.Binaries.Reading;

/// <summary>How much a <see cref="Diagnostic"/> takes away from the result.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth knowing; nothing is lost.</summary>
    Info,

    /// <summary>A record or a table was dropped; the rest of the input was used.</summary>
    Warning,

    /// <summary>The input gave nothing usable.</summary>
    Error,
}

/// <summary>One numbered remark about an input, such as <c>ELF0103</c>: what was wrong, where, and what was done.</summary>
/// <param name="Id">Stable identifier, a room prefix and four digits.</param>
/// <param name="Severity">What the remark takes away from the result.</param>
/// <param name="Source">The input: a path, or <c>-</c> for standard input.</param>
/// <param name="Offset">Byte offset (binaries) or one-based line number (text) in the input; null where the whole input is meant.</param>
/// <param name="Message">One sentence for the reader, without a trailing full stop.</param>
public sealed record Diagnostic(string Id, DiagnosticSeverity Severity, string Source, long? Offset, string Message);

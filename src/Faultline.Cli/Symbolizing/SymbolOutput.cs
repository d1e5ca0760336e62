using Faultline.Binaries.Symbols;

namespace Faultline.Cli.Symbolizing;

/// <summary>The values of <c>symbolize --format</c>.</summary>
internal enum SymbolFormat
{
    Text,
    Json,
    Addr2line,
}

/// <summary>Writes the answers to queries one after another.</summary>
internal abstract class SymbolOutput
{
    /// <summary>The answer to a query that stands for at least one address.</summary>
    public abstract void Write(ReadOnlySpan<char> query, in AddressSymbol symbol);

    /// <summary>A query that stands for no address of the binary, or for nothing at all.</summary>
    public abstract void WriteUnknown(ReadOnlySpan<char> query);

    /// <summary>Makes everything written so far visible: whoever feeds a pipe line by line waits for it.</summary>
    public abstract void Flush();

    public virtual void Finish() => Flush();
}

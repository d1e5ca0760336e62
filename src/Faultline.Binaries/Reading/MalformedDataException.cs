namespace Faultline.Binaries.Reading;

/// <summary>Bytes of an input break a rule of their format. Caught by the loop that owns the record, which turns it into a <see cref="Diagnostic"/>.</summary>
public sealed class MalformedDataException : IOException
{
    public MalformedDataException(string source, long offset, string structure, string rule)
        : base($"{source}: {structure} at offset {offset}: {rule}")
    {
        InputSource = source;
        Offset = offset;
        Structure = structure;
        Rule = rule;
    }

    /// <summary>The input: a path, or <c>-</c>.</summary>
    public string InputSource { get; }

    /// <summary>Byte offset in the input.</summary>
    public long Offset { get; }

    /// <summary>The structure being read, in the words of its format.</summary>
    public string Structure { get; }

    /// <summary>The rule that the bytes break.</summary>
    public string Rule { get; }
}

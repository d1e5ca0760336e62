namespace Faultline.Evidence.Carriers;

/// <summary>Where a line belongs.</summary>
internal enum CarriedTo
{
    /// <summary>It carries nothing: it is text of its own stream.</summary>
    Nowhere,

    /// <summary>It is text of its own stream behind a prefix.</summary>
    SameStream,

    /// <summary>It was handed to another stream.</summary>
    AnotherStream,
}

/// <summary>What one line carries.</summary>
internal ref struct CarriedLine
{
    public CarrierKinds Kind;

    /// <summary>Who wrote the text: a container, a unit, a package; empty when the carrier does not say.</summary>
    public ReadOnlySpan<byte> Stream;

    /// <summary>The text; may hold line feeds.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary>The text belongs to a stream of its own even without a name.</summary>
    public bool IsApart;

    /// <summary>The text's last line goes on in the next piece of the stream.</summary>
    public bool IsPartial;
}

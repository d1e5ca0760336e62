namespace Faultline.Evidence.Carriers;

/// <summary>What is made of one carried stream: crashes are looked for in its lines, or steps of the scheduler.</summary>
internal interface IStreamText
{
    /// <summary>Lines that were broken at a fixed width were put together.</summary>
    bool HasWrappedLines { get; }

    /// <summary>Takes a line without its line feed; <paramref name="number"/> is its place in the input.</summary>
    void Add(ReadOnlySpan<byte> line, long number);
}

/// <summary>What the streams of an input are read for.</summary>
internal interface IStreamTexts
{
    /// <summary>The line is one with which a stream becomes worth reading; a stream without any costs nothing.</summary>
    bool MayOpen(ReadOnlySpan<byte> line);

    IStreamText Open(CarrierContext context, CarriedStream stream);
}

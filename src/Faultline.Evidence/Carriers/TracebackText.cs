using Faultline.Binaries.Reading;
using Faultline.Evidence.Tracebacks;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Carriers;

/// <summary>A carried stream that is read for crashes.</summary>
internal sealed class TracebackText : IStreamText
{
    private const int BlockSize = 64 * 1024;

    private readonly CarrierContext context;
    private readonly LineMap lines = new();
    private readonly TracebackParser parser;
    private byte[] block = new byte[4096];
    private int blockSize;

    private TracebackText(CarrierContext context)
    {
        this.context = context;
        parser = new TracebackParser(context.Source, lines, carriers: null);
    }

    public bool HasWrappedLines => parser.HasWrappedLines;

    public void Add(ReadOnlySpan<byte> line, long number)
    {
        lines.Add(number);
        if (blockSize + line.Length + 1 > block.Length)
        {
            Flush();
            if (line.Length + 1 > block.Length)
                block = new byte[Math.Max(BlockSize, line.Length + 1)];
            else if (block.Length < BlockSize)
                block = new byte[BlockSize];
        }

        line.CopyTo(block.AsSpan(blockSize));
        blockSize += line.Length;
        block[blockSize++] = (byte)'\n';
    }

    private TracebackLog Complete()
    {
        Flush();
        if (lines.IsFull)
            context.Remark(CarrierDiagnostics.LinesEstimated, DiagnosticSeverity.Info, 0, "the streams take turns too often; some line numbers are estimates");
        return parser.Complete();
    }

    private void Flush()
    {
        parser.Write(block.AsSpan(0, blockSize));
        blockSize = 0;
    }

    /// <summary>Reads streams for crashes.</summary>
    public sealed class Reader : IStreamTexts
    {
        private readonly List<(CarriedStream Stream, TracebackText Text)> texts = [];

        public bool MayOpen(ReadOnlySpan<byte> line) => CrashText.MayOpen(line);

        public IStreamText Open(CarrierContext context, CarriedStream stream)
        {
            TracebackText text = new(context);
            texts.Add((stream, text));
            return text;
        }

        /// <summary>Ends the streams, in the order of their first lines.</summary>
        public IEnumerable<(CarriedStream Stream, TracebackLog Log)> Complete()
        {
            foreach ((CarriedStream stream, TracebackText text) in texts)
                yield return (stream, text.Complete());
        }
    }
}

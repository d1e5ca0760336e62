using System.Buffers;
using Faultline.Binaries.Reading;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Races;
using Faultline.Evidence.Tracebacks.Assembly;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Tracebacks;

/// <summary>
/// Parses the output of a Go program as it arrives; everything that is no part of a crash is skipped. Never throws on content:
/// what is wrong with a log is in <see cref="TracebackLog.Diagnostics"/>. Not thread-safe; the result is.
/// </summary>
public sealed class TracebackParser
{
    private const int ReadSize = 512 * 1024;

    private readonly TracebackRemarks diagnostics;
    private readonly ReportAssembler assembler;
    private readonly WrappedLines wrapped;
    private readonly RaceCollector races;
    private readonly LineCarriers? carriers;
    private readonly int lineLimit;
    private byte[] carry = new byte[4096];
    private int carryCount;
    private bool isSkippingLine;
    private long byteCount;

    public TracebackParser(string source)
        : this(source, lines: null, carriers: null)
    {
    }

    /// <summary>A parser of a stream that was unwrapped (<paramref name="lines"/>), or of a file whose lines may carry others.</summary>
    internal TracebackParser(string source, LineMap? lines, LineCarriers? carriers)
    {
        Source = source;
        this.carriers = carriers;
        lineLimit = carriers is null ? TracebackLimits.LineSize : CarrierLimits.LineSize;
        diagnostics = new TracebackRemarks(source, lines);
        assembler = new ReportAssembler(diagnostics, lines);
        wrapped = new WrappedLines(assembler);
        races = new RaceCollector(diagnostics, lines);
    }

    /// <summary>The input's name, for diagnostics.</summary>
    public string Source { get; }

    /// <summary>Lines that were broken at a fixed width were put together.</summary>
    internal bool HasWrappedLines => wrapped.IsFound;

    private long NextLine => assembler.LineCount + wrapped.HeldCount + 1;

    /// <summary>Parses a whole stream; <paramref name="progress"/> gets the bytes read so far.</summary>
    public static TracebackLog Parse(Stream stream, string source, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var parser = new TracebackParser(source);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            int count;
            while ((count = stream.Read(buffer)) > 0)
            {
                parser.Write(buffer.AsSpan(0, count));
                progress?.Invoke(parser.byteCount);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return parser.Complete();
    }

    /// <summary>Takes the next bytes of the log; any split is allowed.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        byteCount += bytes.Length;
        if (carryCount > 0 || isSkippingLine)
            bytes = bytes[FinishCarriedLine(bytes)..];
        bytes = bytes[TakeWholeLines(bytes)..];
        Carry(bytes);
    }

    /// <summary>Ends the input and returns what it held. Call once.</summary>
    public TracebackLog Complete()
    {
        if (isSkippingLine)
            SkipLongLine();
        IReadOnlyList<CrashReport> reports = assembler.Complete(LastLine(carry.AsSpan(0, carryCount)));
        carryCount = 0;
        RaceSummary found = races.Complete();
        return new TracebackLog
        {
            Source = Source,
            Reports = reports,
            Races = found,
            Diagnostics = diagnostics.Items,
            ByteCount = byteCount,
            LineCount = assembler.LineCount,
        };
    }

    /// <summary>Takes every line that ends in these bytes; returns their size.</summary>
    private int TakeWholeLines(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            if (assembler.CanPredict && !wrapped.IsHolding && carriers?.IsInsideField != true)
            {
                int guessed = assembler.Predict(rest);
                at += guessed;
                if (guessed > 0)
                    continue;
            }

            int size = rest.IndexOf((byte)'\n');
            if (size < 0)
                break;
            TakeLine(rest[..size]);
            at += size + 1;
        }

        return at;
    }

    /// <summary>Completes the line that an earlier chunk began; returns how much of this one it takes.</summary>
    private int FinishCarriedLine(ReadOnlySpan<byte> bytes)
    {
        int size = bytes.IndexOf((byte)'\n');
        Carry(size < 0 ? bytes : bytes[..size]);
        if (size < 0)
            return bytes.Length;
        if (isSkippingLine)
            SkipLongLine();
        else
            TakeLine(carry.AsSpan(0, carryCount));
        carryCount = 0;
        return size + 1;
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        if (isSkippingLine || bytes.IsEmpty)
            return;
        if (carryCount + (long)bytes.Length > lineLimit)
        {
            isSkippingLine = true;
            carryCount = 0;
            return;
        }

        if (carryCount + bytes.Length > carry.Length)
            Array.Resize(ref carry, Math.Max(carryCount + bytes.Length, carry.Length * 2));
        bytes.CopyTo(carry.AsSpan(carryCount));
        carryCount += bytes.Length;
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        line = WithoutMark(line);
        // Lines of a race report carry nothing, and can be most of a log.
        if (races.IsInside && carriers?.IsInsideField != true && IsPlainRaceLine(line) && races.TryTake(line, NextLine))
        {
            SkipLine();
            return;
        }

        if (carriers is not null && (!line.IsEmpty || carriers.IsInsideField) && line.Length <= lineLimit)
        {
            CarriedTo to = carriers.Take(line, NextLine, out ReadOnlySpan<byte> text);
            if (to == CarriedTo.AnotherStream)
            {
                SkipLine();
                return;
            }

            line = to == CarriedTo.SameStream ? text : line;
        }

        if (line.Length > TracebackLimits.LineSize)
            SkipLongLine();
        else if (races.TryTake(line, NextLine))
            SkipLine();
        else
            wrapped.Take(line);
    }

    /// <summary>A line as the race detector indents its frames.</summary>
    private static bool IsPlainRaceLine(ReadOnlySpan<byte> line) => line.Length <= TracebackLimits.LineSize && line.StartsWith("  "u8);

    /// <summary>What the line without a line feed at the end of the log holds for this stream; empty when it belongs to another.</summary>
    private ReadOnlySpan<byte> LastLine(ReadOnlySpan<byte> line)
    {
        line = WithoutMark(line);
        ReadOnlySpan<byte> text = line;
        CarriedTo to = line.IsEmpty || carriers is null ? CarriedTo.Nowhere : carriers.Take(line, NextLine, out text);
        if (to != CarriedTo.SameStream)
            text = line;
        if (to != CarriedTo.AnotherStream && text.Length <= TracebackLimits.LineSize && (line.IsEmpty || !text.IsEmpty))
        {
            if (text.IsEmpty || !races.TryTake(text, NextLine))
                return wrapped.Complete(text);
        }

        SkipLine();
        return default;
    }

    private void SkipLine()
    {
        wrapped.Release();
        assembler.SkipLine();
    }

    private void SkipLongLine()
    {
        isSkippingLine = false;
        SkipLine();
        diagnostics.Report(TracebackDiagnostics.LineTooLong, DiagnosticSeverity.Warning, assembler.LineCount, $"a line longer than {TracebackLimits.LineSize} bytes was skipped");
    }

    /// <summary>The first line may start with a byte order mark.</summary>
    private ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line)
    {
        if (assembler.LineCount > 0)
            return line;
        return line.StartsWith("\uFEFF"u8) ? line[3..] : line;
    }
}

using Faultline.Binaries.Reading;

namespace Faultline.Evidence.ExecutionTraces;

/// <summary>Cuts the file into generations: headers of batches are read, and of the tables the places of their entries; events stay unread.</summary>
internal sealed class GenerationScanner(MappedFile file, int minorVersion, DiagnosticLog diagnostics)
{
    private const int BatchSize = 64 << 10;
    private const int HeaderSize = 64;
    private const int ExplicitEndVersion = 26;

    public long Position { get; private set; } = ExecutionTrace.HeaderSize;

    /// <summary>The next generation with events that can be placed in time; null at the end of what can be read.</summary>
    public TraceGeneration? Next()
    {
        while (ReadOne() is { } generation)
        {
            if (generation.TickNanoseconds > 0)
                return generation;
            diagnostics.Add("XTRACE0102", DiagnosticSeverity.Warning, Position, $"generation {generation.Number} says nothing of its clock; it was dropped");
        }

        return null;
    }

    private TraceGeneration? ReadOne()
    {
        TraceGeneration? generation = null;
        try
        {
            while (Position < file.Length)
            {
                ByteCursor cursor = new(file.Slice(Position, Math.Min(HeaderSize, file.Length - Position), "batch"), file.Path, "batch", Position);
                byte type = cursor.ReadByte();
                if (type == (byte)TraceEventType.EndOfGeneration && minorVersion >= ExplicitEndVersion)
                {
                    Position++;
                    if (generation is not null)
                        return generation;
                    continue;
                }

                bool isExperiment = type == (byte)TraceEventType.ExperimentalBatch;
                if (isExperiment)
                    cursor.Skip(1);
                else if (type != (byte)TraceEventType.Batch)
                    throw new MalformedDataException(file.Path, Position, "batch", $"{type} is no start of a batch");
                ulong number = cursor.ReadUvarint();
                if (number == 0)
                    throw new MalformedDataException(file.Path, Position, "batch", "its generation is 0");
                if (generation is not null && number != generation.Number)
                    return generation;
                long thread = (long)cursor.ReadUvarint();
                ulong time = cursor.ReadUvarint();
                ulong size = cursor.ReadUvarint();
                if (size > BatchSize)
                    throw new MalformedDataException(file.Path, Position, "batch", $"a size of {size} is above the limit of {BatchSize}");
                TraceBatch batch = new(thread, time, cursor.Offset, (int)Math.Min((long)size, file.Length - cursor.Offset), isExperiment);
                generation ??= new TraceGeneration(file, number);
                Position = batch.Offset + (long)size;
                Add(generation, batch);
                if (Position > file.Length)
                    diagnostics.Add("XTRACE0101", DiagnosticSeverity.Warning, file.Length, "the file is cut off; what stands before the cut was used as far as it has its tables");
            }
        }
        catch (MalformedDataException error)
        {
            diagnostics.Add("XTRACE0103", DiagnosticSeverity.Warning, error);
            Position = file.Length;
        }

        if (generation is not null && minorVersion >= ExplicitEndVersion)
            diagnostics.Add("XTRACE0101", DiagnosticSeverity.Warning, file.Length, "the file is cut off; what stands before the cut was used as far as it has its tables");
        return generation;
    }

    private void Add(TraceGeneration generation, in TraceBatch batch)
    {
        bool wasOverfull = generation.IsOverfull;
        try
        {
            generation.Add(batch);
        }
        catch (MalformedDataException error)
        {
            diagnostics.Add("XTRACE0104", DiagnosticSeverity.Warning, error);
        }

        if (generation.IsOverfull && !wasOverfull)
            diagnostics.Add("XTRACE0107", DiagnosticSeverity.Warning, batch.Offset, $"generation {generation.Number} declares more strings, stacks, samples, batches or threads than are kept; those from here on were dropped");
    }
}

using System.Text.Json;

namespace Faultline.Evidence.Carriers.Lines;

/// <summary>
/// Lines that are JSON objects: Docker's json-file, <c>journalctl -o json</c>, <c>go test -json</c>, and the records of loggers and
/// shippers, in which some string is the message and another may hold a whole traceback.
/// </summary>
internal sealed class JsonRecord(RecordCount count)
{
    /// <summary>Docker cuts lines into pieces of this size.</summary>
    private const int DockerPieceSize = 16 * 1024;

    /// <summary>Names and messages sit at the top or in an object or two: <c>kubernetes</c>, <c>jsonPayload</c>, <c>resource.labels</c>.</summary>
    private const int FieldDepth = 3;

    private readonly ScratchText text = new();
    private readonly ScratchText name = new();

    public bool TryRead(ReadOnlySpan<byte> line, out CarriedLine carried)
    {
        carried = default;
        if (line.Length < 2 || line.TrimEnd(" \t\r"u8)[^1] != '}' || !count.IsWorthTrying)
            return false;
        var fields = default(RecordFields);
        try
        {
            ReadFields(line, ref fields);
            count.Add(isBroken: false);
        }
        catch (JsonException)
        {
            count.Add(isBroken: true);
        }

        return TryChoose(fields, ref carried);
    }

    private static void ReadFields(ReadOnlySpan<byte> line, ref RecordFields fields)
    {
        var reader = new Utf8JsonReader(line);
        ReadOnlySpan<byte> property = default;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    property = reader.ValueSpan;
                    break;
                case JsonTokenType.String when reader.CurrentDepth <= FieldDepth:
                    fields.Take(property, reader.ValueSpan, reader.ValueIsEscaped);
                    property = default;
                    break;
                case JsonTokenType.StartArray when reader.CurrentDepth == 1 && property.SequenceEqual("MESSAGE"u8):
                    int start = (int)reader.TokenStartIndex + 1;
                    while (reader.Read() && reader.TokenType == JsonTokenType.Number)
                    {
                    }

                    if (reader.TokenType == JsonTokenType.EndArray)
                        fields.TakeJournalArray(line[start..(int)reader.TokenStartIndex]);
                    break;
            }
        }
    }

    private bool TryChoose(in RecordFields fields, ref CarriedLine carried)
    {
        text.Start(256);
        name.Start(64);
        if (fields.HasOutput && fields.Action.Length > 0)
            return Carry(CarrierKinds.GoTestJson, fields.Output, fields.Package, default, isPartial: true, ref carried);
        if (fields.HasJournal)
            return CarryJournal(fields, ref carried);
        if (fields.HasLog && fields.Stream.Length > 0)
        {
            NameContainer(fields);
            bool isWhole = Carry(CarrierKinds.DockerJson, fields.Log, fields.Stream, default, isPartial: false, ref carried);
            carried.IsPartial = text.Count == DockerPieceSize && !text.Span.EndsWith("\n"u8);
            return isWhole;
        }

        ReadOnlySpan<byte> message = fields.HasLog ? fields.Log : fields.Message;
        if (!fields.HasLog && !fields.HasMessage && fields.Trace.IsEmpty)
            return false;
        NameContainer(fields);
        return Carry(CarrierKinds.Record, message, fields.Stream, fields.Trace, isPartial: false, ref carried);
    }

    private void NameContainer(in RecordFields fields)
    {
        AddName(fields.Pod);
        AddName(fields.Container);
    }

    private bool CarryJournal(in RecordFields fields, ref CarriedLine carried)
    {
        if (!fields.IsJournalArray)
            return Carry(CarrierKinds.JournalJson, fields.Journal, fields.Unit, default, fields.IsPartial, ref carried);
        AddName(fields.Unit);
        int value = 0;
        bool isOpen = false;
        foreach (byte letter in fields.Journal)
        {
            if (letter is >= (byte)'0' and <= (byte)'9')
            {
                value = ((value * 10) + (letter - '0')) & 0xFFFF;
                isOpen = true;
            }
            else if (letter == ',' && isOpen)
            {
                text.Add((byte)value);
                value = 0;
                isOpen = false;
            }
        }

        if (isOpen)
            text.Add((byte)value);
        carried = Carried(CarrierKinds.JournalJson, fields.IsPartial);
        return true;
    }

    private bool Carry(CarrierKinds kind, ReadOnlySpan<byte> message, ReadOnlySpan<byte> stream, ReadOnlySpan<byte> trace, bool isPartial, ref CarriedLine carried)
    {
        AddName(stream);
        JsonText.Append(message, text);
        if (!trace.IsEmpty)
        {
            if (text.Count > 0)
                text.Add((byte)'\n');
            JsonText.Append(trace, text);
        }

        carried = Carried(kind, isPartial);
        return true;
    }

    private CarriedLine Carried(CarrierKinds kind, bool isPartial) =>
        new() { Kind = kind, Stream = name.Span, Text = text.Span, IsPartial = isPartial, IsApart = true };

    private void AddName(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty || name.Count + part.Length > CarrierLimits.NameSize)
            return;
        if (name.Count > 0)
            name.Add((byte)'/');
        JsonText.Append(part, name);
    }
}

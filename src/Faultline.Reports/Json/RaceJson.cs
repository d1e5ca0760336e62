using System.Globalization;
using System.Text.Json;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Races;
using Faultline.Diagnosis.Slices;

namespace Faultline.Reports.Json;

/// <summary>Races for programs; docs/json.md describes it.</summary>
public static class RaceJson
{
    /// <summary>Writes the document, UTF-8 and indented, with a line feed at its end. The stream stays open.</summary>
    public static void Write(RaceDiagnosis diagnosis, Stream output)
    {
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            Write(diagnosis, json);
        output.WriteByte((byte)'\n');
    }

    /// <summary>The same in one line, with whatever HTML could take for markup escaped.</summary>
    internal static void WriteEmbedded(RaceDiagnosis diagnosis, Stream output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Encoder = EmbeddedJson.Encoder });
        Write(diagnosis, json);
    }

    private static void Write(RaceDiagnosis diagnosis, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("schema", "faultline-race/1");
        json.WriteNumber("reportCount", diagnosis.ReportCount);
        json.WriteNumber("groupCount", diagnosis.GroupCount);
        json.WriteStartArray("races");
        foreach (RaceFinding finding in diagnosis.Findings)
        {
            Write(json, finding);
            if (json.BytesPending > 1 << 16)
                json.Flush();
        }

        json.WriteEndArray();
        json.WriteStartArray("refusedSlices");
        foreach ((SliceSpan slice, string reason) in diagnosis.Refused)
        {
            json.WriteStartObject();
            json.WriteString("name", slice.Name);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonDiagnostics.Write(json, diagnosis.Diagnostics);
        json.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter json, RaceFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("source", finding.Log.Source);
        json.WriteString("carrier", finding.Log.Carrier);
        json.WriteString("stream", finding.Log.Stream);
        json.WriteNumber("line", finding.Place.Example.FirstLine);
        json.WriteNumber("count", finding.Place.Count);
        json.WriteBoolean("cutOff", finding.Place.Example.IsCutOff);
        json.WriteStartObject("group");
        json.WriteString("key", $"{finding.Group.First} / {finding.Group.Second}");
        json.WriteNumber("count", finding.Group.Count);
        json.WriteNumber("addresses", finding.Group.AddressCount);
        json.WriteNumber("firstLine", finding.Group.FirstLine);
        json.WriteNumber("lastLine", finding.Group.LastLine);
        json.WriteEndObject();
        Address(json, "address", finding.Address);
        if (finding.Variable is { } variable)
        {
            json.WriteStartObject("variable");
            json.WriteString("name", variable.Name);
            json.WriteString("basis", BasisOf(variable.Basis));
            if (variable.Offset is { } offset)
                json.WriteNumber("offset", offset);
            else
                json.WriteNull("offset");
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("variable");
        }

        json.WriteStartArray("accesses");
        foreach (RaceSideReading side in finding.Sides)
            Write(json, side);
        json.WriteEndArray();
        WriteArray(json, finding);
        EscapesJson.Write(json, finding.Escapes);
        WriteMemory(json, finding.Run);
        json.WriteStartArray("missing");
        foreach (MissingPiece piece in finding.Missing)
        {
            json.WriteStartObject();
            json.WriteString("what", piece.What);
            json.WriteString("command", piece.Command);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RaceSideReading side)
    {
        json.WriteStartObject();
        json.WriteString("operation", Kebab(side.Operation));
        json.WriteBoolean("write", side.Access.IsWrite);
        json.WriteBoolean("previous", side.Access.IsPrevious);
        Address(json, "address", side.Access.Address);
        json.WriteString("expression", side.Expression);
        json.WriteString("expressionBasis", BasisOf(side.Basis));
        json.WriteString("variable", side.Variable);
        json.WriteString("function", side.Function);
        json.WriteString("file", side.File);
        json.WriteNumber("line", side.Line);
        json.WriteBoolean("frameLost", side.IsFrameLost);
        json.WriteBoolean("inferred", side.IsInferred);
        json.WriteStartArray("candidates");
        foreach (LostLine line in side.Candidates)
        {
            json.WriteStartObject();
            json.WriteString("function", line.Function);
            json.WriteString("file", line.File);
            json.WriteNumber("line", line.Line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("stackLost", side.Access.Stack.IsLost);
        json.WriteBoolean("mainGoroutine", side.Access.Goroutine is null);
        if (side.Access.Goroutine is { } number)
            json.WriteNumber("detectorGoroutine", number);
        else
            json.WriteNull("detectorGoroutine");
        json.WriteString("state", side.Goroutine?.State);
        Frames(json, "frames", side.Frames);
        Frames(json, "created", side.CreatedFrames);
        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, RaceFinding finding)
    {
        if (finding.Array is not { } array)
        {
            json.WriteNull("array");
            return;
        }

        json.WriteStartObject("array");
        Address(json, "start", array.Start);
        json.WriteString("basis", array.Basis == ArrayBasis.Allocation ? "allocation" : "lowest-slice");
        json.WriteNumber("elementSize", array.ElementSize);
        json.WriteNumber("count", array.Count);
        json.WriteNumber("index", array.Index);
        json.WriteNumber("offset", array.Offset);
        json.WriteStartArray("slices");
        foreach (SliceView view in array.Slices)
        {
            json.WriteStartObject();
            json.WriteString("name", view.Slice.Name);
            json.WriteString("origin", view.Slice.Origin);
            Address(json, "pointer", view.Slice.Pointer);
            json.WriteNumber("length", view.Slice.Length);
            json.WriteNumber("capacity", view.Slice.Capacity);
            json.WriteBoolean("lengthKnown", view.Slice.IsLengthKnown);
            json.WriteBoolean("capacityKnown", view.Slice.IsCapacityKnown);
            json.WriteNumber("elementSize", view.Slice.ElementSize);
            json.WriteNumber("first", view.First);
            json.WriteNumber("index", view.Index);
            json.WriteString("reach", view.Reach switch { SliceReach.Length => "length", SliceReach.Capacity => "capacity", _ => "none" });
            json.WriteBoolean("aligned", view.IsAligned);
            json.WriteStartArray("usedBy");
            foreach (RaceSlice used in finding.Used)
            {
                if (used.View == view)
                    json.WriteNumberValue(used.Side);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, SameRun? run)
    {
        if (run is not { } known)
        {
            json.WriteNull("memory");
            return;
        }

        json.WriteStartObject("memory");
        json.WriteString("basis", Kebab(known.Basis));
        json.WriteString("because", known.Because);
        json.WriteEndObject();
    }

    private static void Frames(Utf8JsonWriter json, string name, IReadOnlyList<AccessFrame> frames)
    {
        json.WriteStartArray(name);
        foreach (AccessFrame frame in frames)
        {
            json.WriteStartObject();
            json.WriteString("function", frame.Function);
            json.WriteString("file", frame.File);
            json.WriteNumber("line", frame.Line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Address(Utf8JsonWriter json, string name, ulong? address)
    {
        if (address is { } value)
            json.WriteString(name, string.Create(CultureInfo.InvariantCulture, $"0x{value:x}"));
        else
            json.WriteNull(name);
    }

    private static string BasisOf(ExpressionBasis basis) => basis switch
    {
        ExpressionBasis.Source => "source",
        ExpressionBasis.Binary => "binary",
        _ => "operation",
    };

    private static string Kebab<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}

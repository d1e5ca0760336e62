using System.Text.Json;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Appends;
using Faultline.Binaries.GoSym;
using Faultline.Cli.Symbolizing;
using Faultline.Diagnosis.Appends;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Cli.Appends;

/// <summary>One document, <c>faultline-appends/1</c>.</summary>
internal static class AppendsJson
{
    public static void Write(GoBinary binary, AppendSelection selection, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("schema", "faultline-appends/1");
        json.WriteString("binary", binary.Path);
        if (binary.BuildInfo is { } build)
            json.WriteString("goVersion", build.GoVersion);
        json.WriteNumber("appendCount", selection.AppendCount);
        json.WriteNumber("total", selection.Total);
        json.WriteNumber("skippedFunctions", selection.SkippedFunctions);
        json.WriteStartArray("windows");
        foreach (AppendWindow window in selection.Windows)
            Write(json, window);
        json.WriteEndArray();
        if (selection.Uses is { } uses)
            Write(json, uses);
        DiagnosticsJson.Write(json, binary.Diagnostics);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AppendWindow window)
    {
        json.WriteStartObject();
        json.WriteString("place", window.Append.Place.Name);
        json.WriteString("placeKind", window.Append.Place.Kind switch { AppendPlaceKind.Global => "global", AppendPlaceKind.Field => "field", _ => "variable" });
        json.WriteString("confidence", "possible");
        json.WriteStartObject("append");
        json.WriteString("callee", window.Append.Callee);
        json.WriteString("call", $"0x{window.Append.CallAddress:x}");
        json.WriteStartArray("stores");
        foreach (ulong store in window.Append.StoreAddresses)
            json.WriteStringValue($"0x{store:x}");
        json.WriteEndArray();
        WritePlace(json, window.Append.Frames);
        WriteGoroutines(json, window.AppendStarts, window.OnMain);
        json.WriteEndObject();
        json.WriteStartArray("accesses");
        foreach (WindowAccess other in window.Accesses)
        {
            json.WriteStartObject();
            json.WriteString("kind", AppendSelection.KeyOf(other.Access.Kind));
            json.WriteString("address", $"0x{other.Access.Address:x}");
            WritePlace(json, other.Access.Frames);
            WriteGoroutines(json, other.Starts, other.OnMain);
            json.WriteBoolean("bothLock", other.BothLock);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteGoroutines(Utf8JsonWriter json, IReadOnlyList<GoStatement> starts, bool onMain)
    {
        json.WriteBoolean("onMain", onMain);
        json.WriteStartArray("startedAt");
        foreach (GoStatement start in starts)
        {
            json.WriteStartObject();
            WritePlace(json, start.Frames);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePlace(Utf8JsonWriter json, IReadOnlyList<SourceFrame> frames)
    {
        if (frames is not [{ } first, ..])
            return;
        json.WriteString("function", first.Function);
        json.WriteString("file", first.File);
        json.WriteNumber("line", first.Line);
    }

    private static void Write(Utf8JsonWriter json, ArrayUses uses)
    {
        json.WriteStartObject("recorded");
        json.WriteNumber("growthCount", uses.GrowthCount);
        json.WriteNumber("accessCount", uses.AccessCount);
        json.WriteNumber("unknownGoroutines", uses.UnknownGoroutines);
        json.WriteStartArray("uses");
        foreach (ArrayUse use in uses.Uses)
        {
            json.WriteStartObject();
            json.WriteString("confidence", use.Confidence == Confidence.Confirmed ? "confirmed" : "possible");
            if (use.Doubt.Length > 0)
                json.WriteString("doubt", use.Doubt);
            json.WriteBoolean("isWrite", use.IsWrite);
            json.WriteNumber("process", use.ProcessId);
            json.WriteString("oldArray", $"0x{use.OldAddress:x}");
            json.WriteString("newArray", $"0x{use.NewAddress:x}");
            json.WriteString("pointer", $"0x{use.UsedAddress:x}");
            json.WriteNumber("nanosecondsAfter", use.Gap);
            json.WriteNumber("count", use.Count);
            Write(json, "append", use.Append, use.AppendGoroutine);
            Write(json, "access", use.Access, use.AccessGoroutine);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("remarks");
        foreach (string remark in uses.Remarks)
            json.WriteStringValue(remark);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ArrayPlace place, ulong goroutine)
    {
        json.WriteStartObject(name);
        if (goroutine != 0)
            json.WriteNumber("goroutine", goroutine);
        json.WriteString("address", $"0x{place.Address:x}");
        if (place.Line > 0)
        {
            json.WriteString("function", place.Function);
            json.WriteString("file", place.File);
            json.WriteNumber("line", place.Line);
        }

        json.WriteEndObject();
    }
}

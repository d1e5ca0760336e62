using System.Text.Json;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Calling;
using Faultline.Binaries.GoSym;
using Faultline.Cli.Symbolizing;

namespace Faultline.Cli.Calling;

/// <summary>One document, <c>faultline-callers/1</c>.</summary>
internal static class CallersJson
{
    public static void Write(CallersReport report, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("schema", "faultline-callers/1");
        json.WriteString("binary", report.Binary.Path);
        WriteNames(json, "functions", report.Targets);
        if (report.From is { } from)
            WriteNames(json, "from", from);
        json.WriteNumber("reachedFunctions", report.Callers.ReachedCount);
        json.WriteBoolean("cut", report.Callers.IsCut);
        json.WriteBoolean("followed", report.IsFollowed);
        json.WriteNumber("unfollowedCalls", report.Callers.UnfollowedCount);
        json.WriteNumber("wideCallers", report.Callers.WideCount);
        json.WriteStartArray("callers");
        foreach (CallStep step in report.Callers.Direct)
            WriteStep(json, step);
        json.WriteEndArray();
        json.WriteNumber("pathCount", report.Callers.Roots.Count);
        json.WriteStartArray("paths");
        foreach (CallRoot root in report.Roots)
            WriteRoot(json, root);
        json.WriteEndArray();
        DiagnosticsJson.Write(json, report.Binary.Diagnostics);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string property, IReadOnlyList<FuncInfo> functions)
    {
        json.WriteStartArray(property);
        foreach (FuncInfo function in functions)
        {
            json.WriteStartObject();
            json.WriteString("function", function.Name);
            json.WriteString("start", $"0x{function.Entry:x}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRoot(Utf8JsonWriter json, CallRoot root)
    {
        json.WriteStartObject();
        json.WriteString("kind", root.Kind switch
        {
            CallRootKind.Goroutine => "goroutine",
            CallRootKind.Main => "main",
            CallRootKind.Initialization => "init",
            CallRootKind.Export => "export",
            CallRootKind.FunctionValue => "funcValue",
            _ => "from",
        });
        json.WriteString("function", root.Function.Name);
        json.WriteBoolean("userCode", root.IsUserCode);
        json.WriteStartArray("startedBy");
        foreach (GoStatement statement in root.Statements)
        {
            json.WriteStartObject();
            json.WriteString("function", statement.Creator.Name);
            json.WriteString("returnAddress", $"0x{statement.ReturnAddress:x}");
            WritePlace(json, statement.Frames);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("proven", root.IsProven);
        json.WriteStartArray("steps");
        foreach (CallStep step in root.Steps)
            WriteStep(json, step);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, CallStep step)
    {
        json.WriteStartObject();
        json.WriteString("kind", step.Kind switch
        {
            CallStepKind.TailCall => "tailCall",
            CallStepKind.Deferred => "deferred",
            CallStepKind.FunctionValue => "funcValue",
            CallStepKind.Interface => "interface",
            CallStepKind.Made => "made",
            _ => "call",
        });
        json.WriteString("caller", step.Caller.Name);
        json.WriteString("callee", step.Callee.Name);
        json.WriteString("pc", $"0x{step.Address:x}");
        WritePlace(json, step.Frames);
        json.WriteBoolean("proven", step.IsProven);
        json.WriteNumber("candidates", step.Candidates);
        if (step.Method.Length > 0)
            json.WriteString("method", step.Method);
        if (step.IsInWrapper)
            json.WriteBoolean("wrapper", value: true);
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, IReadOnlyList<SourceFrame> frames)
    {
        if (frames.Count == 0)
            return;
        json.WriteString("file", frames[0].File);
        json.WriteNumber("line", frames[0].Line);
        if (frames.Count < 2)
            return;
        json.WriteStartArray("inlined");
        foreach (SourceFrame frame in frames)
        {
            json.WriteStartObject();
            json.WriteString("function", frame.Function);
            json.WriteString("file", frame.File);
            json.WriteNumber("line", frame.Line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

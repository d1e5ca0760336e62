using System.Text.Json;
using Faultline.Diagnosis.Accesses;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Sarif;

/// <summary>
/// One thread flow a side: the <c>go</c> statement, the calls, the access. Only the accesses have an order between the sides: that of their times, and equal numbers, which mean
/// "at once", where nothing tells who was first.
/// </summary>
internal static class SarifFlows
{
    private const int MostFrames = 100;

    public static void Write(Utf8JsonWriter json, SarifPlaces places, Finding finding)
    {
        bool isTimed = finding.Sides.All(side => side.Time is not null);
        long[] times = [.. finding.Sides.Select(side => side.Time ?? 0).Distinct().Order()];
        json.WriteStartArray("codeFlows");
        json.WriteStartObject();
        SarifReport.Message(json, "message", finding.Sides.Count == 1 ? "How the goroutine came there." : isTimed ? "How each side came there; the order is that of the accesses." : "How each side came there; which of them was first is not known.");
        json.WriteStartArray("threadFlows");
        for (int index = 0; index < finding.Sides.Count; index++)
        {
            FindingSide side = finding.Sides[index];
            json.WriteStartObject();
            json.WriteString("id", (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
            SarifReport.Message(json, "message", $"{side.Role}: {FindingText.Did(side)}");
            json.WriteStartArray("locations");
            WriteSteps(json, places, side, isTimed ? Array.IndexOf(times, side.Time ?? 0) + 1 : 1);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteSteps(Utf8JsonWriter json, SarifPlaces places, FindingSide side, int order)
    {
        if (side.CreatedBy is { } created)
            Step(json, places, created.File, created.Line, created.Function, "started here", "important", order: null);
        // The innermost frame of the program is the access itself.
        AccessFrame[] own = [.. side.Frames.Where(frame => !frame.IsRuntime)];
        foreach (AccessFrame frame in own.Skip(1).Take(MostFrames).Reverse())
            Step(json, places, frame.File, frame.Line, frame.Function, "called from here", "unimportant", order: null);
        Step(json, places, side.File, side.Line, side.Function, FindingText.Did(side), "essential", order);
    }

    private static void Step(Utf8JsonWriter json, SarifPlaces places, string file, int line, string function, string message, string importance, int? order)
    {
        json.WriteStartObject();
        json.WritePropertyName("location");
        places.Write(file, line, function, message, id: null);
        json.WriteString("importance", importance);
        if (order is { } number)
            json.WriteNumber("executionOrder", number);
        json.WriteEndObject();
    }
}

using System.Text.Json;
using Faultline.Reports.Findings;

namespace Faultline.Reports.Sarif;

/// <summary>Writes the locations of one result.</summary>
internal sealed class SarifPlaces(Utf8JsonWriter json, Finding finding, string? root)
{
    /// <summary>What relative paths count from.</summary>
    public const string Root = "SRCROOT";

    /// <summary>What the paths of the standard library and of modules count from in builds with <c>-trimpath</c>: nobody knows where that is.</summary>
    public const string Libraries = "GOSRC";

    private const int MostName = 1_000;

    /// <summary>Where the fault is shown: its first side that has a line, else the line of the log, because code scanning wants a place.</summary>
    public void WriteMain()
    {
        if (finding.Sides.FirstOrDefault(side => SourceLocation.IsPath(side.File)) is { } side)
        {
            Write(side.File, side.Line, side.Function, message: null, id: null);
            return;
        }

        FindingFact? fact = finding.Evidence.FirstOrDefault(fact => fact.Line is not null);
        Write(fact?.Source is { } source and not "-" && SourceLocation.IsPath(source) ? source : "stdin", (int)Math.Clamp(fact?.Line ?? 1, 1, int.MaxValue), "", message: null, id: null);
    }

    /// <summary>A side that is not the main one.</summary>
    public void WriteRelated(FindingSide side, int id) => Write(side.File, side.Line, side.Function, $"{side.Role}: {FindingText.Did(side)}; {side.Certainty}", id);

    /// <summary>A place; without a file only the function is told.</summary>
    public void Write(string file, int line, string function, string? message, int? id)
    {
        json.WriteStartObject();
        if (id is { } number)
            json.WriteNumber("id", number);
        if (SourceLocation.IsPath(file))
        {
            SourceLocation location = SourceLocation.Of(file, finding.Module, root);
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", location.ToUri());
            if (location.IsRelative)
                json.WriteString("uriBaseId", Root);
            else if (location.IsLibrary)
                json.WriteString("uriBaseId", Libraries);
            json.WriteEndObject();
            if (line > 0)
            {
                json.WriteStartObject("region");
                json.WriteNumber("startLine", line);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        if (function.Length > 0)
        {
            json.WriteStartArray("logicalLocations");
            json.WriteStartObject();
            json.WriteString("fullyQualifiedName", FindingText.Plain(function, MostName));
            json.WriteString("kind", "function");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (message is not null)
            SarifReport.Message(json, "message", message);
        json.WriteEndObject();
    }
}

using System.Text.Json;

namespace Faultline.Cli.Mcp;

/// <summary>What a parameter takes.</summary>
internal enum ParameterKind
{
    /// <summary>The path of a file or a bundle below the roots.</summary>
    Path,

    /// <summary>A list of them.</summary>
    Paths,

    Text,

    /// <summary>A list of texts.</summary>
    Texts,

    /// <summary>A whole number that is not negative.</summary>
    Number,

    Flag,
}

/// <summary>A parameter of a tool: what its schema says, and what its value is held to.</summary>
/// <param name="Name">As it is given.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Description">For the assistant.</param>
internal sealed record ToolParameter(string Name, ParameterKind Kind, string Description)
{
    /// <summary>Most entries of a list.</summary>
    public const int MostEntries = 32;

    public bool IsRequired { get; init; }

    /// <summary>The only values of a text, the default first; empty when any will do.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The JSON schema of an object with these properties and no others.</summary>
    public static JsonElement Schema(IReadOnlyList<ToolParameter> parameters)
    {
        using MemoryStream document = new();
        using (Utf8JsonWriter json = new(document))
        {
            json.WriteStartObject();
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            foreach (ToolParameter parameter in parameters)
                parameter.Write(json);
            json.WriteEndObject();
            json.WriteStartArray("required");
            foreach (ToolParameter parameter in parameters.Where(parameter => parameter.IsRequired))
                json.WriteStringValue(parameter.Name);
            json.WriteEndArray();
            json.WriteBoolean("additionalProperties", false);
            json.WriteEndObject();
        }

        using JsonDocument schema = JsonDocument.Parse(document.ToArray());
        return schema.RootElement.Clone();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject(Name);
        json.WriteString("description", Description);
        switch (Kind)
        {
            case ParameterKind.Paths or ParameterKind.Texts:
                json.WriteString("type", "array");
                json.WriteNumber("maxItems", MostEntries);
                if (IsRequired)
                    json.WriteNumber("minItems", 1);
                json.WriteStartObject("items");
                json.WriteString("type", "string");
                json.WriteEndObject();
                break;
            case ParameterKind.Number:
                json.WriteString("type", "integer");
                json.WriteNumber("minimum", 0);
                break;
            case ParameterKind.Flag:
                json.WriteString("type", "boolean");
                break;
            default:
                json.WriteString("type", "string");
                break;
        }

        if (Choices.Count > 0)
        {
            json.WriteStartArray("enum");
            foreach (string choice in Choices)
                json.WriteStringValue(choice);
            json.WriteEndArray();
            json.WriteString("default", Choices[0]);
        }

        json.WriteEndObject();
    }
}

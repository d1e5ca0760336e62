using System.Text.Json;

namespace Faultline.Cli.Mcp;

/// <summary>The arguments of one call, held to the tool's parameters; paths are real and below the roots.</summary>
internal sealed class ToolArguments
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<ToolParameter> _parameters;

    private ToolArguments(IReadOnlyList<ToolParameter> parameters) => _parameters = parameters;

    /// <exception cref="UserErrorException">An argument is missing, unknown, of another type, or a path that may not be read.</exception>
    public static ToolArguments Parse(IReadOnlyList<ToolParameter> parameters, IDictionary<string, JsonElement>? given, RootFolders roots)
    {
        ToolArguments arguments = new(parameters);
        foreach ((string name, JsonElement value) in given ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal))
        {
            ToolParameter parameter = parameters.FirstOrDefault(parameter => parameter.Name == name)
                ?? throw Wrong($"there is no parameter '{name}'. Those are: {string.Join(", ", parameters.Select(parameter => parameter.Name))}.");
            if (value.ValueKind != JsonValueKind.Null)
                arguments._values[name] = Read(parameter, value, roots);
        }

        return parameters.FirstOrDefault(parameter => parameter.IsRequired && !arguments._values.ContainsKey(parameter.Name)) is { } missing
            ? throw Wrong($"the parameter '{missing.Name}' is missing: {missing.Description}")
            : arguments;
    }

    public string? Text(string name) => _values.GetValueOrDefault(name) as string;

    /// <summary>The value of a required text, or of one with choices: then the first if none was given.</summary>
    public string Word(string name) => Text(name) ?? _parameters.First(parameter => parameter.Name == name).Choices[0];

    public string[] Texts(string name) => _values.GetValueOrDefault(name) as string[] ?? [];

    public long? Number(string name) => _values.GetValueOrDefault(name) as long?;

    public bool Flag(string name) => _values.GetValueOrDefault(name) is true;

    private static object Read(ToolParameter parameter, JsonElement value, RootFolders roots)
    {
        switch (parameter.Kind)
        {
            case ParameterKind.Path when value.ValueKind == JsonValueKind.String:
                return roots.Resolve(value.GetString()!);
            case ParameterKind.Text when value.ValueKind == JsonValueKind.String:
                string text = value.GetString()!;
                return parameter.Choices.Count == 0 || parameter.Choices.Contains(text, StringComparer.Ordinal)
                    ? text
                    : throw Wrong($"'{parameter.Name}' wants one of {string.Join(", ", parameter.Choices)}, not '{text}'.");
            case ParameterKind.Paths or ParameterKind.Texts when value.ValueKind == JsonValueKind.Array:
                string[] texts = [.. value.EnumerateArray().Take(ToolParameter.MostEntries + 1).Select(entry => entry.ValueKind == JsonValueKind.String ? entry.GetString()! : throw Wrong($"'{parameter.Name}' wants a list of strings."))];
                if (texts.Length > ToolParameter.MostEntries || (parameter.IsRequired && texts.Length == 0))
                    throw Wrong($"'{parameter.Name}' wants 1 to {ToolParameter.MostEntries} entries.");
                return parameter.Kind == ParameterKind.Paths ? texts.Select(roots.Resolve).ToArray() : texts;
            case ParameterKind.Number when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0:
                return Math.Min(number, int.MaxValue);
            case ParameterKind.Flag when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return value.GetBoolean();
            default:
                string wanted = parameter.Kind switch
                {
                    ParameterKind.Paths or ParameterKind.Texts => "a list of strings",
                    ParameterKind.Number => "a whole number, 0 or more",
                    ParameterKind.Flag => "true or false",
                    _ => "a string",
                };
                throw Wrong($"'{parameter.Name}' wants {wanted}.");
        }
    }

    private static UserErrorException Wrong(string message) => new(ExitCode.Usage, message);
}

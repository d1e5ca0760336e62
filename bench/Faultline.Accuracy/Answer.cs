using System.Text.Json;

namespace Faultline.Accuracy;

/// <summary>One side of a diagnosis, as the JSON report gives it.</summary>
/// <param name="Goroutine">Null when the report names none.</param>
/// <param name="Operation">Kebab case: <c>map-read</c>.</param>
public sealed record AnsweredAccess(long? Goroutine, string Operation, string? File, int? Line, string Confidence, string Rule)
{
    public override string ToString() =>
        $"{(Goroutine is { } id ? $"g{id}" : "nobody")} {Operation} {Path.GetFileName(File) ?? "?"}:{Line?.ToString() ?? "?"} ({Confidence}, {Rule})";
}

/// <summary>What the tool said about the first incident of a log; without a victim when it said nothing.</summary>
/// <param name="Rivals">Best first.</param>
public sealed record Answer(AnsweredAccess? Victim, IReadOnlyList<AnsweredAccess> Rivals)
{
    public static Answer Nothing { get; } = new(null, []);

    /// <summary>Reads a report of <c>faultline diagnose --format json</c>.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static Answer Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement incidents = document.RootElement.GetProperty("incidents");
        if (incidents.GetArrayLength() == 0)
            return Nothing;
        JsonElement first = incidents[0];
        JsonElement victim = first.GetProperty("victim");
        return new Answer(victim.ValueKind == JsonValueKind.Null ? null : Access(victim), [.. first.GetProperty("rivals").EnumerateArray().Select(Access)]);
    }

    private static AnsweredAccess Access(JsonElement side) => new(
        side.GetProperty("goroutine") is { ValueKind: JsonValueKind.Number } goroutine ? goroutine.GetInt64() : null,
        side.GetProperty("operation").GetString() ?? "",
        side.GetProperty("file").GetString(),
        side.GetProperty("line") is { ValueKind: JsonValueKind.Number } line ? line.GetInt32() : null,
        side.GetProperty("confidence").GetString() ?? "",
        side.GetProperty("rule").GetString() ?? "");
}

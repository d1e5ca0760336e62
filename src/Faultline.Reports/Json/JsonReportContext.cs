using System.Text.Json.Serialization;

namespace Faultline.Reports.Json;

/// <summary>Serialisation code generated at build time: nothing is reflected on at run time.</summary>
[JsonSerializable(typeof(JsonDocumentModel))]
[JsonSerializable(typeof(JsonGraphDocument))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class JsonReportContext : JsonSerializerContext;

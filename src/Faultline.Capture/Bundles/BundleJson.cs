using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Faultline.Capture.Bundles;

[JsonSerializable(typeof(BundleManifest))]
[JsonSerializable(typeof(MachineFacts))]
internal sealed partial class BundleJson : JsonSerializerContext
{
    /// <summary>Go's symbols stay readable; control characters are escaped all the same.</summary>
    public static BundleJson Written { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        MaxDepth = 16,
    });
}

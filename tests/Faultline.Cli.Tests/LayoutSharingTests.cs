using System.Globalization;
using System.Text.Json;
using Faultline.Samples;

namespace Faultline.Cli.Tests;

/// <summary>False sharing of a large real program, the go command: text and JSON tell the same.</summary>
public sealed class LayoutSharingTests
{
    [Fact]
    public async Task Text_and_json_name_the_same_types_with_their_writers()
    {
        string go = Path.Combine(Toolchain.Newest!.Root, "bin", "go");
        Outcome text = await Program.Run(default, "layout", go, "--false-sharing");
        Assert.Equal(0, text.ExitCode);
        using JsonDocument json = JsonDocument.Parse((await Program.Run(default, "layout", go, "--false-sharing", "--format", "json")).Text);
        List<JsonElement> found = [.. json.RootElement.GetProperty("falseSharing").EnumerateArray()];
        Assert.NotEmpty(found);
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"{found.Count} {(found.Count == 1 ? "type" : "types")} of the program's own packages\n"), text.Text, StringComparison.Ordinal);
        foreach (JsonElement type in found)
        {
            Assert.Contains($"{type.GetProperty("type").GetString()}, {type.GetProperty("size").GetInt64()} bytes\n", text.Text, StringComparison.Ordinal);
            Assert.Equal("possible", type.GetProperty("confidence").GetString());
            Assert.NotEqual(0, type.GetProperty("pairs").GetArrayLength());
            foreach (JsonElement pair in type.GetProperty("pairs").EnumerateArray())
                Assert.Contains($"  {pair.GetProperty("first").GetString()} and {pair.GetProperty("second").GetString()} lie in one line of 64 bytes", text.Text, StringComparison.Ordinal);
            Assert.All(type.GetProperty("writtenFields").EnumerateArray(), field => Assert.NotEqual(0, field.GetProperty("writers").GetArrayLength()));
        }
    }
}

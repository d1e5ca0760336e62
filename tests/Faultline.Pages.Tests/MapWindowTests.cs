using System.Globalization;
using System.Text.Json;
using Faultline.Diagnosis.Memory;
using Faultline.Samples;
using Microsoft.Playwright;

namespace Faultline.Pages.Tests;

/// <summary>A large map is drawn around what was fought over: programs that die say in a file which entry each side was at.</summary>
public sealed class MapWindowTests(Browser browser)
{
    private const int EntryCount = 20000;

    [Theory]
    [InlineData("1.19", "uint64", "_fast64")]
    [InlineData("1.19", "string", "_faststr")]
    [InlineData("1.23", "pair", "map")]
    [InlineData("1.24", "string-writes", "_faststr")]
    [InlineData("1.27", "string", "_faststr")]
    [InlineData("1.27", "pair", "map")]
    public async Task The_key_that_the_victim_was_given_is_in_the_window_and_marked(string version, string kind, string function)
    {
        string folder = Directory.CreateTempSubdirectory("faultline-window-").FullName;
        try
        {
            string binary = SampleBinary.Build(SampleProgram.FindParked("mapwindow"), Toolchain.TryFind(version)!).Path;
            string truth = Path.Combine(folder, "truth");
            string recording = Objects.Catch(folder, binary, truth, kind);
            string page = Path.Combine(folder, "page.html");
            Objects.Run(["diagnose", recording, "--binary", binary, "--format", "html", "-o", page], 0);
            Dictionary<ulong, ulong> entries = Entries(await File.ReadAllBytesAsync(truth, TestContext.Current.CancellationToken));
            await using OpenPage opened = await browser.Open(page, isDark: kind == "pair");
            using JsonDocument facts = JsonDocument.Parse(await opened.Page.Locator("#facts").TextContentAsync() ?? "");
            // Both sides can die, each of its own fatal error; the core is of one of them.
            JsonElement picture = Assert.Single(facts.RootElement.GetProperty("incidents").EnumerateArray().SelectMany(incident => incident.GetProperty("pictures").EnumerateArray()));
            Assert.True(picture.GetProperty("unitCount").GetInt32() > MapPicture.UnitLimit);
            JsonElement[] marks = [.. picture.GetProperty("marks").EnumerateArray()];
            Assert.NotEmpty(marks);

            // Whoever raised the fault comes first: its surroundings are drawn.
            JsonElement first = marks[0];
            Assert.Contains(function, first.GetProperty("function").GetString(), StringComparison.Ordinal);
            int index = first.GetProperty("index").GetInt32();
            Assert.InRange(index, picture.GetProperty(first.GetProperty("old").GetBoolean() ? "firstOldUnit" : "firstUnit").GetInt32(), int.MaxValue);
            // The other side goes on after the core is taken, so that what it wrote since is no truth about it.
            ulong victim = first.GetProperty("goroutine").GetUInt64();
            ILocator cells = opened.Page.Locator(string.Create(CultureInfo.InvariantCulture, $"#objects td.sought[aria-label*='goroutine {victim}']"));
            Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $": {entries[victim]}"), await cells.First.GetAttributeAsync("title"), StringComparison.Ordinal);
            Assert.Equal(1, await cells.CountAsync());
            string more = await opened.Page.Locator("#objects .more").Last.InnerTextAsync();
            Assert.Contains($", around the one with the key of goroutine {first.GetProperty("goroutine").GetInt64()}", more, StringComparison.Ordinal);
            Assert.Empty(opened.Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Goroutine and entry of either side.</summary>
    private static Dictionary<ulong, ulong> Entries(byte[] truth)
    {
        Dictionary<ulong, ulong> entries = [];
        for (int side = 0; side < 2; side++)
            entries[BitConverter.ToUInt64(truth, side * 16)] = BitConverter.ToUInt64(truth, (side * 16) + 8);
        Assert.All(entries.Values, entry => Assert.InRange(entry, 0UL, (ulong)(EntryCount - 1)));
        return entries;
    }
}

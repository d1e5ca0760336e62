using System.Globalization;
using System.Text.Json;
using Faultline.Diagnosis.Memory;
using Faultline.Samples;
using Microsoft.Playwright;

namespace Faultline.Pages.Tests;

/// <summary>The pictures of maps and channels agree with what <c>faultline core</c> says of the same memory.</summary>
public sealed class ObjectTests(Browser browser)
{
    [Theory]
    [InlineData("1.23", "main.mapFloat", "map[float64]float32")]
    [InlineData("1.27", "main.mapFloat", "map[float64]float32")]
    public async Task All_entries_of_a_map_are_in_its_slots(string version, string name, string type)
    {
        using Objects objects = new(version);
        JsonElement core = objects.Ask("map", objects.AddressOf("Maps", name), type, "--top", "1000");
        await using OpenPage opened = await browser.Open(objects.Page(isRedacted: false, objects.Map(name, type)));
        ILocator full = opened.Page.Locator("#objects td.full");
        Assert.Equal(core.GetProperty("count").GetInt32(), await full.CountAsync());
        string[] entries = [.. core.GetProperty("entries").EnumerateArray().Select(entry => $"{entry.GetProperty("key").GetString()}: {entry.GetProperty("value").GetString()}").Order(StringComparer.Ordinal)];
        Assert.Equal(entries, (await Titles(full)).Order(StringComparer.Ordinal));
        Assert.Equal(0, await opened.Page.Locator("#objects .more").CountAsync());
        if (core.TryGetProperty("buckets", out JsonElement buckets))
            Assert.Equal(buckets.GetInt32(), await opened.Page.Locator("#objects tbody tr").CountAsync());
        if (core.TryGetProperty("tables", out JsonElement tables))
            Assert.Equal(tables.GetArrayLength(), await opened.Page.Locator("#objects .table").CountAsync());
        await Accept(opened);
    }

    [Fact]
    public async Task A_growing_map_shows_both_arrays_and_how_far_it_is()
    {
        using Objects objects = new("1.23");
        JsonElement core = objects.Ask("map", objects.AddressOf("Maps", "main.mapGrowing2"), "map[string]string");
        Assert.True(core.GetProperty("growing").GetBoolean());
        MapPicture picture = objects.Map("main.mapGrowing2", "map[string]string");
        await using OpenPage opened = await browser.Open(objects.Page(isRedacted: false, picture), 390, 844);
        ILocator progress = opened.Page.Locator("#objects progress");
        Assert.Equal(core.GetProperty("evacuated").GetString(), $"{await progress.GetAttributeAsync("value")} of {await progress.GetAttributeAsync("max")}");
        ILocator grids = opened.Page.Locator("#objects [role=grid]");
        Assert.Equal(2, await grids.CountAsync());
        Assert.Equal(MapPicture.UnitLimit, await grids.Nth(0).Locator("tbody tr").CountAsync());
        Assert.Equal(MapPicture.UnitLimit, await grids.Nth(1).Locator("tbody tr").CountAsync());
        string all = core.GetProperty("buckets").GetInt64().ToString("N0", CultureInfo.InvariantCulture);
        Assert.Contains($"The first 64 buckets of {all}", await opened.Page.Locator("#objects .more").First.InnerTextAsync(), StringComparison.Ordinal);
        // What was evacuated is marked, and no entry of it is shown a second time.
        Assert.NotEqual(0, await grids.Nth(1).Locator("td.moved").CountAsync());
        Assert.NotEqual(0, await opened.Page.Locator("#objects td.chain").CountAsync());
        string[] titles = await Titles(opened.Page.Locator("#objects td.full"));
        Assert.Equal(titles.Length, titles.Distinct(StringComparer.Ordinal).Count());
        Assert.True(await opened.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(opened.Errors);
    }

    [Fact]
    public async Task Tables_of_a_large_map_and_its_keys()
    {
        using Objects objects = new("1.27");
        JsonElement core = objects.Ask("map", objects.AddressOf("Maps", "main.mapHalf"), "map[int]int");
        MapPicture map = objects.Map("main.mapHalf", "map[int]int");
        await using OpenPage opened = await browser.Open(objects.Page(isRedacted: false, map), isDark: true);
        JsonElement[] tables = [.. core.GetProperty("tables").EnumerateArray()];
        ILocator shown = opened.Page.Locator("#objects .table h4");
        Assert.Equal(tables.Length, await shown.CountAsync());
        for (int at = 0; at < tables.Length; at++)
        {
            string words = $"{Number(tables[at], "used")} used of {Number(tables[at], "capacity")}, growth left {Number(tables[at], "growthLeft")}, depth {Number(tables[at], "depth")}";
            Assert.EndsWith(words, await shown.Nth(at).InnerTextAsync(), StringComparison.Ordinal);
        }

        // Whether a deletion leaves its mark depends on the hashes, which differ from run to run.
        Assert.Equal(map.Units.Sum(unit => unit.Slots.Count(slot => slot.State == MapSlotState.Deleted)), await opened.Page.Locator("#objects td.deleted").CountAsync());
        Assert.Equal(MapPicture.UnitLimit, await opened.Page.Locator("#objects tbody tr").CountAsync());

        // One stop for Tab, arrow keys within.
        ILocator first = opened.Page.Locator("#objects td[tabindex='0']").First;
        await first.FocusAsync();
        string before = await Said();
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Contains("group 0, slot 1", await Said(), StringComparison.Ordinal);
        await opened.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Contains("group 1, slot 1", await Said(), StringComparison.Ordinal);
        await opened.Page.Keyboard.PressAsync("ArrowUp");
        await opened.Page.Keyboard.PressAsync("Home");
        Assert.Equal(before, await Said());
        await Accept(opened);

        async Task<string> Said() => await opened.Page.Locator("#objects .said").First.InnerTextAsync();

        static string Number(JsonElement table, string name) => table.GetProperty(name).GetInt64().ToString("N0", CultureInfo.InvariantCulture);
    }

    /// <summary>From the death to the page: the small core of a recording has what the page draws.</summary>
    [Fact]
    public async Task The_map_of_a_caught_conflict()
    {
        string folder = Directory.CreateTempSubdirectory("faultline-objects-").FullName;
        try
        {
            string binary = SampleBinary.Build(SampleProgram.Find("mapstring"), Toolchain.Newest!).Path;
            string recording = Objects.Catch(folder, binary);
            string page = Path.Combine(folder, "page.html");
            Objects.Run(["diagnose", recording, "--binary", binary, "--format", "html", "-o", page], 0);
            await using OpenPage opened = await browser.Open(page);
            string address = (await opened.Page.Locator("#objects .map").GetAttributeAsync("data-address"))!;
            JsonElement core = Objects.Ask("core", binary, Path.Combine(recording, "core"), "map", address, "map[string]main.answer", "--top", "100");
            Assert.Equal(core.GetProperty("entries").GetArrayLength(), await opened.Page.Locator("#objects td.full").CountAsync());
            foreach (JsonElement entry in core.GetProperty("entries").EnumerateArray())
            {
                string key = entry.GetProperty("key").GetString()!;
                Assert.Contains(await Titles(opened.Page.Locator("#objects td.full")), title => title.StartsWith($"{key}: ", StringComparison.Ordinal));
            }

            Assert.Empty(opened.Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_redacted_page_has_neither_keys_nor_elements_nor_addresses()
    {
        using Objects objects = new("1.27");
        MapMark mark = new() { Goroutine = 7, Function = "runtime.mapassign_fast64", Place = new MapPlace(0, 0, 0, IsOld: false, 0), Key = "key of a goroutine" };
        ObjectPicture[] pictures = [objects.Map("main.mapSmall", "map[int]string") with { Marks = [mark] }, objects.Channel("main.chanBuffered"), objects.Channel("main.chanSend")];
        string[] secrets = [objects.AddressOf("Maps", "main.mapSmall"), objects.AddressOf("Channels", "main.chanBuffered"), "minus three", "key of a goroutine", "\\u0022second", "\\u0022sent", Path.GetFileName(objects.Core.CorePath)];
        string plain = await File.ReadAllTextAsync(objects.Page(isRedacted: false, pictures), TestContext.Current.CancellationToken);
        Assert.All(secrets, secret => Assert.Contains(secret, plain, StringComparison.Ordinal));
        string path = objects.Page(isRedacted: true, pictures);
        string redacted = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, redacted, StringComparison.Ordinal));
        await using OpenPage opened = await browser.Open(path);
        Assert.Equal(3, await opened.Page.Locator("#objects .map td.full").CountAsync());
        Assert.All(await Titles(opened.Page.Locator("#objects td.full")), title => Assert.Matches("^value-[0-9a-f]{10}(: value-[0-9a-f]{10})?$", title));
        Assert.Empty(opened.Errors);
    }

    [Fact]
    public async Task Buffers_and_queues_of_channels()
    {
        using Objects objects = new("1.27");
        string[] names = ["main.chanBuffered", "main.chanFull", "main.chanSend", "main.chanReceive"];
        await using OpenPage opened = await browser.Open(objects.Page(isRedacted: false, [.. names.Select(objects.Channel)]), 390, 844);
        foreach (string name in names)
        {
            JsonElement core = objects.Ask("chan", objects.AddressOf("Channels", name));
            ILocator shown = opened.Page.Locator($"#objects .channel[data-address='{objects.AddressOf("Channels", name)}']");
            (int buffered, int capacity) = (core.GetProperty("buffered").GetInt32(), core.GetProperty("capacity").GetInt32());
            Assert.Equal(buffered, await shown.Locator("td.full").CountAsync());
            Assert.Equal(capacity, await shown.Locator("td.slot").CountAsync());
            string words = await shown.Locator("dl").InnerTextAsync();
            Assert.Contains(capacity == 0 ? "no buffer" : $"{buffered} of {capacity}", words, StringComparison.Ordinal);
            Assert.Equal(core.GetProperty("closed").GetBoolean(), words.Contains("yes", StringComparison.Ordinal));
            string[] elements = [.. core.GetProperty("elements").EnumerateArray().Select(item => item.GetProperty("value").GetString()!)];
            Assert.Equal(elements.Order(StringComparer.Ordinal), (await Titles(shown.Locator("td.full"))).Order(StringComparer.Ordinal));
            if (elements.Length > 0)
                Assert.EndsWith($": full, {elements[0]}, recvx{(buffered == capacity ? " and sendx" : "")}", await shown.Locator("td.slot[aria-label*=' recvx']").GetAttributeAsync("aria-label"), StringComparison.Ordinal);
            string[] waiting = [.. core.GetProperty("senders").EnumerateArray().Concat(core.GetProperty("receivers").EnumerateArray()).Select(waiter => $"goroutine {waiter.GetProperty("goroutine").GetInt64()}")];
            Assert.Equal(waiting, await shown.Locator(".queue button").AllInnerTextsAsync());
        }

        // Two wait to send, each with what it holds.
        Assert.Equal(2, await opened.Page.Locator(".queue code:has-text('\"sent\"')").CountAsync());
        Assert.True(await opened.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await Accept(opened);
    }

    /// <summary>Of a process that is stuck, from its core alone.</summary>
    [Fact]
    public async Task The_channels_of_the_stuck_lead_to_their_goroutines()
    {
        ParkedCore core = ParkedCore.Take(SampleBinary.Build(SampleProgram.FindParked("deadlocks"), Toolchain.Newest!));
        string folder = Directory.CreateTempSubdirectory("faultline-objects-").FullName;
        try
        {
            string page = Path.Combine(folder, "page.html");
            Objects.Run(["diagnose", core.Binary.Path, core.CorePath, "--format", "html", "-o", page], 0);
            await using OpenPage opened = await browser.Open(page);
            ILocator shown = opened.Page.Locator("#objects .channel");
            Assert.NotEqual(0, await shown.CountAsync());
            string address = (await shown.Filter(new() { Has = opened.Page.Locator(".queue") }).First.GetAttributeAsync("data-address"))!;
            JsonElement truth = Objects.Ask("core", core.Binary.Path, core.CorePath, "chan", address);
            ILocator queue = opened.Page.Locator($"#objects [data-address='{address}'] .queue button");
            Assert.Equal(truth.GetProperty("senders").GetArrayLength() + truth.GetProperty("receivers").GetArrayLength(), await queue.CountAsync());
            string goroutine = await queue.First.InnerTextAsync();
            await queue.First.ClickAsync();
            Assert.StartsWith($"{goroutine} [", await opened.Page.Locator(".detail h3").InnerTextAsync(), StringComparison.Ordinal);
            Assert.Empty(opened.Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Neither the log nor a register tells which channel it was.</summary>
    [Fact]
    public async Task The_channel_of_a_panic_is_the_closed_one()
    {
        string folder = Directory.CreateTempSubdirectory("faultline-objects-").FullName;
        try
        {
            string binary = SampleBinary.Build(SampleProgram.Find("chansend"), Toolchain.Newest!).Path;
            string recording = Objects.Catch(folder, binary);
            string page = Path.Combine(folder, "page.html");
            Objects.Run(["diagnose", recording, "--binary", binary, "--format", "html", "-o", page], 0);
            await using OpenPage opened = await browser.Open(page);
            ILocator shown = opened.Page.Locator("#objects .channel");
            JsonElement core = Objects.Ask("core", binary, Path.Combine(recording, "core"), "chan", (await shown.GetAttributeAsync("data-address"))!);
            Assert.True(core.GetProperty("closed").GetBoolean());
            Assert.Equal("main.message", core.GetProperty("element").GetString());
            Assert.Equal(core.GetProperty("capacity").GetInt32(), await shown.Locator("td.slot").CountAsync());
            Assert.Equal(core.GetProperty("buffered").GetInt32(), await shown.Locator("td.full").CountAsync());
            Assert.Empty(opened.Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string[]> Titles(ILocator cells) => [.. await cells.EvaluateAllAsync<string[]>("cells => cells.map(cell => cell.title)")];

    private static async Task Accept(OpenPage opened)
    {
        Assert.Empty(opened.Errors);
        Assert.Empty(opened.Requests);
        await opened.Page.EvaluateAsync(AxeCore.Script);
        JsonElement? findings = await opened.Page.EvaluateAsync<JsonElement?>("axe.run('#objects').then(result => result.violations.filter(finding => ['serious', 'critical'].includes(finding.impact)).map(finding => finding.id + ': ' + finding.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' | ')))");
        Assert.Equal([], findings!.Value.EnumerateArray().Select(finding => finding.GetString()));
    }
}

using System.Text.Json;
using Microsoft.Playwright;

namespace Faultline.Pages.Tests;

/// <summary>The page as a reader has it: in a browser, from a file, without a network.</summary>
public sealed class PageTests(Pages pages, Browser browser)
{
    public static TheoryData<string> Names => ["map", "deadlock", "channel", "race", "crowd", "hostile-log", "hostile", "recorded", "many", "empty", "no-victim"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_verdict_is_seen_at_once_and_nothing_leaves_the_page(string name)
    {
        foreach ((int width, int height) in ((int, int)[])[(1280, 800), (390, 844)])
        {
            await using OpenPage opened = await browser.Open(pages.Get(name), width, height);
            Assert.Empty(opened.Errors);
            Assert.Empty(opened.Requests);
            foreach (string part in name == "empty" ? (string[])["h1"] : ["h1", ".verdict .badge", ".verdict .summary"])
            {
                LocatorBoundingBoxResult? box = await opened.Page.Locator(part).First.BoundingBoxAsync();
                Assert.True(box is { Height: > 0 } && box.X >= 0 && box.X + box.Width <= width, $"{part} is not within {width}");
                if (!name.StartsWith("hostile", StringComparison.Ordinal))
                    Assert.True(box.Y + box.Height <= height, $"{part} is not seen without scrolling at {width}×{height}");
            }

            Assert.True(await opened.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"the page is wider than {width}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_serious_finding_of_accessibility(string name)
    {
        foreach (bool isDark in (bool[])[false, true])
        {
            await using OpenPage opened = await browser.Open(pages.Get(name), isDark: isDark);
            await opened.Page.EvaluateAsync("document.querySelectorAll('details').forEach(part => part.open = true)");
            await opened.Page.EvaluateAsync(AxeCore.Script);
            JsonElement? findings = await opened.Page.EvaluateAsync<JsonElement?>("axe.run().then(result => result.violations.filter(finding => ['serious', 'critical'].includes(finding.impact)).map(finding => finding.id + ': ' + finding.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' | ')))");
            Assert.Equal([], findings!.Value.EnumerateArray().Select(finding => finding.GetString()));
        }
    }

    [Fact]
    public async Task Times_are_shown_only_where_a_recording_told_them()
    {
        await using OpenPage log = await browser.Open(pages.Get("map"));
        Assert.Equal(0, await log.Page.Locator(".side dt:text-is('When')").CountAsync());
        await using OpenPage recorded = await browser.Open(pages.Get("recorded"));
        Assert.NotEqual(0, await recorded.Page.Locator(".side dt:text-is('When')").CountAsync());
    }

    [Fact]
    public async Task The_graph_pans_zooms_and_leads_to_a_goroutine()
    {
        await using OpenPage opened = await browser.Open(pages.Get("deadlock"));
        ILocator graph = opened.Page.Locator("svg.canvas");
        await graph.ScrollIntoViewIfNeededAsync();
        double[] first = await View();
        await opened.Page.Locator("#waits").GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        double[] closer = await View();
        Assert.True(closer[2] < first[2]);
        await graph.FocusAsync();
        await opened.Page.Keyboard.PressAsync("-");
        Assert.True((await View())[2] > closer[2]);
        await opened.Page.Keyboard.PressAsync("0");
        Assert.Equal(first, await View());
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        Assert.True((await View())[0] > first[0]);
        await opened.Page.Keyboard.PressAsync("0");

        LocatorBoundingBoxResult box = (await graph.BoundingBoxAsync())!;
        await opened.Page.Mouse.MoveAsync(box.X + 8, box.Y + 8);
        await opened.Page.Mouse.WheelAsync(0, -200);
        await opened.Page.WaitForFunctionAsync("width => Number(document.querySelector('svg.canvas').getAttribute('viewBox').split(' ')[2]) < width", first[2]);
        double[] before = await View();
        await opened.Page.Mouse.DownAsync();
        await opened.Page.Mouse.MoveAsync(box.X + 68, box.Y + 48);
        await opened.Page.Mouse.UpAsync();
        double[] dragged = await View();
        Assert.True(dragged[0] < before[0] && dragged[1] < before[1]);

        await graph.FocusAsync();
        await opened.Page.Keyboard.PressAsync("0");
        ILocator node = opened.Page.Locator("g.node.goroutine").First;
        string label = (await node.GetAttributeAsync("aria-label"))!;
        await node.ClickAsync();
        string goroutine = string.Join(' ', label.Split(' ').Take(2));
        Assert.StartsWith(goroutine + " [", await opened.Page.Locator(".detail h3").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(opened.Errors);

        async Task<double[]> View() => [.. (await graph.GetAttributeAsync("viewBox"))!.Split(' ').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
    }

    [Fact]
    public async Task A_hundred_thousand_goroutines_filter_at_once()
    {
        await using OpenPage opened = await browser.Open(pages.Get("crowd"));
        Assert.Contains("100,0", await opened.Page.Locator("#goroutines [role=status]").InnerTextAsync(), StringComparison.Ordinal);

        // The largest group is opened, so that its goroutines are rows.
        await opened.Page.Locator("[role=tree]").FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        await opened.Page.EvaluateAsync(
            """
            () => {
              window.strokes = [];
              let start = 0;
              const filter = document.querySelector('#filter');
              filter.addEventListener('keydown', () => { start = performance.now(); });
              filter.addEventListener('input', () => requestAnimationFrame(() => setTimeout(() => strokes.push(performance.now() - start))));
            }
            """);
        double[] best = new double[12];
        Array.Fill(best, double.MaxValue);
        for (int round = 0; round < 3; round++)
        {
            await opened.Page.Locator("#filter").FillAsync("");
            await opened.Page.EvaluateAsync("() => new Promise(done => setTimeout(() => { strokes.length = 0; done(); }, 100))");
            int at = 0;
            foreach (char key in "receive")
                await Press(key, at++);
            await opened.Page.Locator("#filter").FillAsync("");
            foreach (char key in "12345")
                await Press(key, at++);
        }

        Assert.All(best, time => Assert.InRange(time, 0.01, 200));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', best.Select(time => time.ToString("F1", System.Globalization.CultureInfo.InvariantCulture))));
        Assert.StartsWith("1 of 100,0", await opened.Page.Locator("#goroutines [role=status]").InnerTextAsync(), StringComparison.Ordinal);
        await opened.Page.Locator("#filter").FillAsync("");
        Assert.InRange(await opened.Page.Locator("[role=treeitem]").CountAsync(), 5, 60);

        async Task Press(char key, int at)
        {
            int count = await opened.Page.EvaluateAsync<int>("strokes.length");
            await opened.Page.Locator("#filter").PressAsync(key.ToString());
            await opened.Page.WaitForFunctionAsync("count => strokes.length > count", count);
            best[at] = Math.Min(best[at], await opened.Page.EvaluateAsync<double>("strokes.at(-1)"));
        }
    }

    [Fact]
    public async Task The_keyboard_reaches_all_of_it()
    {
        await using OpenPage opened = await browser.Open(pages.Get("deadlock"));
        HashSet<string> reached = new(StringComparer.Ordinal);
        for (int step = 0; step < 80; step++)
        {
            await opened.Page.Keyboard.PressAsync("Tab");
            reached.Add(await opened.Page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.getAttribute('role') || document.activeElement.className.baseVal || document.activeElement.localName"));
            if (reached.Contains("tree"))
                break;
        }

        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "theme", "group", "button", "filter", "state", "tree", "summary", "a" }, reached);
        string first = await Active();
        await opened.Page.Keyboard.PressAsync("ArrowDown");
        Assert.NotEqual(first, await Active());
        await opened.Page.Keyboard.PressAsync("Home");
        Assert.Equal(first, await Active());
        int rows = await opened.Page.Locator("[role=treeitem]").CountAsync();
        await opened.Page.Keyboard.PressAsync("Enter");
        Assert.True(await opened.Page.Locator("[role=treeitem]").CountAsync() > rows);

        async Task<string> Active() => await opened.Page.Locator("[aria-selected=true]").InnerTextAsync();
    }

    [Fact]
    public async Task Dark_by_the_system_and_by_the_button()
    {
        await using OpenPage opened = await browser.Open(pages.Get("map"), isDark: true);
        Assert.Equal("rgb(15, 19, 24)", await Ground());
        await opened.Page.Locator("#theme").ClickAsync();
        Assert.Equal("rgb(255, 255, 255)", await Ground());
        await opened.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        Assert.True(await opened.Page.Locator(".printed").IsVisibleAsync());
        Assert.False(await opened.Page.Locator("[role=tree]").IsVisibleAsync());

        async Task<string> Ground() => await opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
    }

    [Fact]
    public async Task Both_sides_with_their_source_and_code()
    {
        await using OpenPage opened = await browser.Open(pages.Get("map"));
        Assert.Equal(2, await opened.Page.Locator("#sides article").CountAsync());
        foreach (string part in (string[])["mark", ".listing .own", ".stack", "dt:text-is('PC')", "dt:text-is('Why')"])
            Assert.True(await opened.Page.Locator("#sides").Locator(part).CountAsync() > 0, part);
        Assert.Contains("maphot", await opened.Page.TitleAsync() + await opened.Page.Locator(".verdict").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_line_zooms()
    {
        await using OpenPage opened = await browser.Open(pages.Get("recorded"));
        int dots = await opened.Page.Locator(".access").CountAsync();
        string first = await opened.Page.Locator("text.tick").First.TextContentAsync() ?? "";
        Assert.Contains("µs", first, StringComparison.Ordinal);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Near the fault" }).ClickAsync();
        Assert.InRange(await opened.Page.Locator(".access").CountAsync(), 1, dots - 1);
        await opened.Page.Locator("svg.timeline").FocusAsync();
        await opened.Page.Keyboard.PressAsync("0");
        Assert.Equal(dots, await opened.Page.Locator(".access").CountAsync());
    }

    [Fact]
    public async Task Hostile_words_stay_words()
    {
        await using OpenPage log = await browser.Open(pages.Get("hostile-log"));
        string text = await log.Page.Locator("main").InnerTextAsync();
        Assert.True(await log.Page.EvaluateAsync<bool>("window.hacked === undefined"));
        Assert.Equal(0, await log.Page.Locator("img").CountAsync());
        Assert.Equal(3, await log.Page.Locator("script").CountAsync());
        Assert.Contains("<img src=x onerror='window.hacked=2'>", text, StringComparison.Ordinal);
        Assert.Contains(@"\u{202e}gnihton", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', text);
        Assert.InRange(text.Length, 1000, 100_000);
        await log.Page.Locator("button:has-text('show all 200,')").First.ClickAsync();
        Assert.InRange((await log.Page.Locator("main").InnerTextAsync()).Length, 200_000, 500_000);

        await using OpenPage built = await browser.Open(pages.Get("hostile"));
        Assert.Contains(@"main.\x1b[2J\x1b[31mput\u{202e}", await built.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await built.Page.EvaluateAsync<bool>(@"!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/.test(document.body.querySelector('main').textContent)"));
    }

    /// <summary>The pages of ordinary crashes are small, and so is that of a hundred thousand goroutines.</summary>
    [Theory]
    [InlineData("map")]
    [InlineData("deadlock")]
    [InlineData("channel")]
    [InlineData("race")]
    [InlineData("crowd")]
    [InlineData("hostile-log")]
    public void Pages_are_small(string name) => Assert.InRange(new FileInfo(pages.Get(name)).Length, 50_000, 2_000_000);
}

using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Faultline.Pages.Tests.Pages))]
[assembly: AssemblyFixture(typeof(Faultline.Pages.Tests.Browser))]

namespace Faultline.Pages.Tests;

/// <summary>Debian's Chromium without a window.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",

            // Its own sandbox does not start for root, in a container.
            Args = ["--no-sandbox"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens a page from its file.</summary>
    public Task<OpenPage> Open(string path, int width = 1280, int height = 800, bool isDark = false) => Visit($"file://{path}", width, height, isDark);

    /// <summary>Opens a page from any address.</summary>
    public async Task<OpenPage> Visit(string address, int width = 1280, int height = 800, bool isDark = false)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        OpenPage opened = new(context, await context.NewPageAsync());
        await opened.Page.GotoAsync(address);
        return opened;
    }
}

/// <summary>An open page and what went on in it.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _requests = [];

    public OpenPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Errors.Add(message.Text);
        };
        page.PageError += (_, error) => Errors.Add(error);
        page.Request += (_, request) => _requests.Add(request.Url);
    }

    public IPage Page { get; }

    /// <summary>What the console got, breaches of the page's own policy among it.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>What was asked for beside the page itself.</summary>
    public IEnumerable<string> Requests => _requests.Skip(1);

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}

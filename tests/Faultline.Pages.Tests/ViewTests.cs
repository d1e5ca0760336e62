using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Faultline.Samples;
using Microsoft.Playwright;

namespace Faultline.Pages.Tests;

/// <summary><c>faultline view</c>: the page from the server, in a browser and for those who should get nothing.</summary>
public sealed class ViewTests(Browser browser)
{
    private static readonly Lazy<(string Binary, string Log)> s_crash = new(Crash);

    [Fact]
    public async Task Code_and_source_of_both_sides_are_a_key_away()
    {
        await using Server server = await Server.Start(s_crash.Value.Log, s_crash.Value.Binary);
        await using OpenPage opened = await browser.Visit(server.Address);
        // The token is not in the address bar any more.
        Assert.Equal(server.Root, opened.Page.Url);
        string own = (await opened.Page.Locator(".side figure:has-text('Instructions') .line.own .number").First.TextContentAsync())!;
        string pc = own[own.IndexOf("0x", StringComparison.Ordinal)..];
        ILocator code = opened.Page.Locator(".side button[aria-label^='code of ']").First;
        await code.FocusAsync();
        await opened.Page.Keyboard.PressAsync("Enter");
        ILocator answer = opened.Page.Locator("#closer pre");
        await Assertions.Expect(answer).ToContainTextAsync("TEXT main.");
        await Assertions.Expect(answer.Locator("mark")).ToContainTextAsync(pc);
        await Assertions.Expect(answer.Locator("mark")).ToBeInViewportAsync();

        await opened.Page.Locator(".side button[aria-label^='source of '][aria-label*='maphot/main.go:']").First.ClickAsync();
        await Assertions.Expect(answer).ToContainTextAsync("▸");
        await Assertions.Expect(answer).ToContainTextAsync("s.sessions[");
        await opened.Page.EvaluateAsync(AxeCore.Script);
        JsonElement? findings = await opened.Page.EvaluateAsync<JsonElement?>("axe.run().then(result => result.violations.filter(finding => ['serious', 'critical'].includes(finding.impact)).map(finding => finding.id + ': ' + finding.nodes[0].html))");
        Assert.Equal([], findings!.Value.EnumerateArray().Select(finding => finding.GetString()));
        Assert.Empty(opened.Errors);
        Assert.All(opened.Requests, request => Assert.StartsWith(server.Root, request, StringComparison.Ordinal));
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        Assert.True(await opened.Page.Locator("#closer").IsHiddenAsync());
    }

    [Fact]
    public async Task Memory_of_a_core_can_be_looked_into()
    {
        ParkedCore core = ParkedCore.Take(SampleBinary.Build(SampleProgram.FindParked("deadlocks"), Toolchain.Newest!));
        await using Server server = await Server.Start(core.Binary.Path, core.CorePath);
        await using OpenPage opened = await browser.Visit(server.Address);
        await opened.Page.GetByLabel("View of the core").SelectOptionAsync("stack");
        await opened.Page.GetByLabel("Address, variable or goroutine").FillAsync("1");
        await opened.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(opened.Page.Locator("#closer pre")).ToContainTextAsync("main.main");
        await opened.Page.GetByLabel("Address, variable or goroutine").FillAsync("<img src=x onerror=alert(1)>");
        await opened.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(opened.Page.Locator("#closer h2")).ToContainTextAsync("<img src=x");
        await Assertions.Expect(opened.Page.Locator("#closer pre")).Not.ToContainTextAsync("main.main");
        Assert.Equal(0, await opened.Page.Locator("#closer img").CountAsync());
        // An answer that says no is written to the console by the browser, and is no fault of the page.
        Assert.All(opened.Errors, error => Assert.Contains("404", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Strangers_get_nothing()
    {
        await using Server server = await Server.Start(s_crash.Value.Log, s_crash.Value.Binary);
        using HttpClient client = new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(server.Root) };
        string cookie = (await client.GetAsync(new Uri(server.Address), TestContext.Current.CancellationToken)).Headers.GetValues("Set-Cookie").Single();
        Assert.EndsWith("; HttpOnly; SameSite=Strict", cookie.Replace("; path=/", "", StringComparison.OrdinalIgnoreCase), StringComparison.OrdinalIgnoreCase);
        cookie = cookie.Split(';')[0];

        async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Answer)> Ask(string path, Action<HttpRequestMessage>? change = null)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.Add("Cookie", cookie);
            change?.Invoke(request);
            HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer);
        }

        (HttpStatusCode status, string page, HttpResponseMessage whole) = await Ask("/");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("connect-src 'self'", page, StringComparison.Ordinal);
        Assert.Equal("nosniff", whole.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(whole.Headers.CacheControl!.NoStore);
        Action<HttpRequestMessage>[] strangers =
        [
            request => request.Headers.Remove("Cookie"),
            request => { request.Headers.Remove("Cookie"); request.Headers.Add("Cookie", "faultline=" + new string('0', 32)); },
            request => request.Headers.Host = "evil.example",
            request => request.Headers.Host = "127.0.0.1:1",
            request => request.Headers.Add("Origin", "http://evil.example"),
            request => request.Headers.Add("Origin", "null"),
            request => request.Headers.Add("Sec-Fetch-Site", "cross-site"),
            request => request.Method = HttpMethod.Post,
            request => request.Method = HttpMethod.Delete,
        ];
        foreach (string path in (string[])["/", "/?token=" + new string('0', 32), "/disassembly?place=main.main", "/source?file=/etc/passwd&line=1"])
        {
            foreach (Action<HttpRequestMessage> stranger in strangers)
                Assert.Equal((HttpStatusCode.Forbidden, "forbidden\n"), await Refused(path, stranger));
        }

        string main = SampleProgram.Find("maphot").Markers[0].File;
        Assert.Equal(HttpStatusCode.OK, (await Ask($"/source?file={Uri.EscapeDataString(main)}&line=40")).Status);
        string[] nothing =
        [
            "/source?file=/etc/passwd&line=1", $"/source?file={Uri.EscapeDataString(Path.GetDirectoryName(main) + "/../maphot/main.go")}&line=4", "/source?line=1", $"/source?file={Uri.EscapeDataString(main)}&line=-4",
            "/disassembly?place=no.such.function", "/disassembly", "/memory?view=map&target=0x1", "/memory?view=../x&target=1", "/..%2f..%2fetc/passwd", "/index.html",
        ];
        foreach (string path in nothing)
        {
            (HttpStatusCode found, string text, _) = await Ask(path);
            Assert.Equal(HttpStatusCode.NotFound, found);
            Assert.DoesNotContain("root:", text, StringComparison.Ordinal);
        }

        async Task<(HttpStatusCode, string)> Refused(string path, Action<HttpRequestMessage> change)
        {
            (HttpStatusCode found, string text, _) = await Ask(path, change);
            return (found, text);
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_it_and_it_says_so_when_a_port_is_taken(string signal)
    {
        await using Server server = await Server.Start(s_crash.Value.Log);
        string port = new Uri(server.Root).Port.ToString(CultureInfo.InvariantCulture);
        using (Process second = Server.Run("view", s_crash.Value.Log, "--port", port))
        {
            string errors = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await second.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((69, true), (second.ExitCode, errors.Contains($"port {port} of 127.0.0.1 cannot be used", StringComparison.Ordinal)));
        }

        Assert.Equal(0, await server.End(signal));
        using TcpClient client = new();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture), TestContext.Current.CancellationToken).AsTask());
    }

    private static (string Binary, string Log) Crash()
    {
        SampleBinary binary = SampleBinary.Build(SampleProgram.Find("maphot"), Toolchain.Newest!);
        for (int attempt = 0; attempt < 4; attempt++)
        {
            using SampleRun run = SampleRun.Run(binary, new SampleRunOptions { KeepLedger = false });
            if (run.TryReadHeadline() is null)
                continue;
            string log = Path.Combine(Directory.CreateTempSubdirectory("faultline-view-").FullName, "crash.log");
            File.Copy(run.LogPath, log);
            return (binary.Path, log);
        }

        throw new InvalidOperationException("maphot did not die in 4 runs");
    }

    /// <summary>A running server, as the command starts it.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly Process _process;

        private Server(Process process, string address)
        {
            (_process, Address) = (process, address);
            Root = address[..(address.IndexOf('?', StringComparison.Ordinal))];
        }

        /// <summary>With the token.</summary>
        public string Address { get; }

        public string Root { get; }

        public static async Task<Server> Start(params string[] inputs)
        {
            Process process = Run(["view", .. inputs]);
            string? address = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.True(address is not null, address is null ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
            return new Server(process, address!);
        }

        public static Process Run(params string[] arguments) => Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "faultline"), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        public async Task<int> End(string signal)
        {
            using (Process kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
            await _process.WaitForExitAsync(patience.Token);
            return _process.ExitCode;
        }

        public ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
                _process.Kill();
            _process.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Faultline.Cli.Viewing;

/// <summary>
/// Serves one diagnosis to this machine's own user: on the loopback address, to whoever has the token. Only reads are answered, and only for the server's own name, so that neither another
/// user nor a page of another site can ask.
/// </summary>
internal sealed class ViewServer(ViewSession session)
{
    private const string Cookie = "faultline";
    private const int LongestQuery = 4096;

    private readonly byte[] _token = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    private int _port;

    /// <summary>Serves until it is told to end.</summary>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="started">Gets the address to open.</param>
    /// <param name="end">Ends it.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task RunAsync(int port, Action<string> started, CancellationToken end)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = 0;
            server.Limits.MaxRequestLineSize = LongestQuery + 1024;
            server.Limits.MaxConcurrentConnections = 64;
            server.Listen(IPAddress.Loopback, port);
        });
        await using WebApplication app = builder.Build();
        app.Run(Answer);
        await app.StartAsync(end);
        _port = new Uri(app.Urls.First()).Port;
        started(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/?token={Encoding.ASCII.GetString(_token)}"));
        try
        {
            await Task.Delay(Timeout.Infinite, end);
        }
        catch (OperationCanceledException)
        {
            // It was told to end.
        }

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
        await app.StopAsync(patience.Token);
    }

    private async Task Answer(HttpContext context)
    {
        Head(context.Response.Headers);
        if (!IsOwn(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await Text(context, "forbidden\n");
            return;
        }

        try
        {
            await Route(context);
        }
        catch (UserErrorException error)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await Text(context, error.Message + "\n");
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await Text(context, Environment.GetEnvironmentVariable("FAULTLINE_DEBUG") == "1" ? $"{error}\n" : "internal error, the fault is ours.\n");
        }
    }

    private Task Route(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string Word(string name) => query[name].ToString();
        switch (context.Request.Path.Value)
        {
            case "/" when query.ContainsKey("token"):
                // The token leaves the address bar, and with it the history.
                context.Response.Headers.Append(HeaderNames.SetCookie, $"{Cookie}={Encoding.ASCII.GetString(_token)}; Path=/; HttpOnly; SameSite=Strict");
                context.Response.Redirect("/");
                return Task.CompletedTask;
            case "/":
                context.Response.ContentType = "text/html; charset=utf-8";
                return context.Response.Body.WriteAsync(session.Page, context.RequestAborted).AsTask();
            case "/disassembly":
                return Text(context, session.Disassemble(Word("place"), context.RequestAborted));
            case "/memory":
                return Text(context, session.Inspect(Word("view"), Word("target"), context.RequestAborted));
            case "/source" when int.TryParse(Word("line"), NumberStyles.None, CultureInfo.InvariantCulture, out int line):
                return Text(context, session.ReadSource(Word("file"), line));
            default:
                throw new UserErrorException(ExitCode.InputMissing, "there is nothing at this address.");
        }
    }

    /// <summary>A read, by this server's own name, from no other site, with the token.</summary>
    private bool IsOwn(HttpRequest request)
    {
        string own = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");
        string local = string.Create(CultureInfo.InvariantCulture, $"localhost:{_port}");
        string host = request.Host.Value ?? "";
        string origin = request.Headers.Origin.ToString();
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (!HttpMethods.IsGet(request.Method) || (host != own && host != local) || (origin.Length > 0 && origin != $"http://{host}") || site is "cross-site" or "same-site")
            return false;
        string given = request.Path == "/" && request.Query.TryGetValue("token", out var token) ? token.ToString() : request.Cookies[Cookie] ?? "";
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token);
    }

    private static void Head(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
    }

    private static Task Text(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}

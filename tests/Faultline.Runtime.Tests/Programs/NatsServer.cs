using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Faultline.Runtime.Tests.Unwinding;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Programs;

/// <summary>nats-server, from the sources that <c>eng/toolchains.sh</c> fetches: a large program that nobody here wrote.</summary>
internal static class NatsServer
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>A core of the server with that many clients, two goroutines each.</summary>
    public static LiveCore TakeCore(int connectionCount)
    {
        var port = FreePort();
        var clients = new List<TcpClient>();
        try
        {
            return LiveCore.Take(Build(), ["-a", "127.0.0.1", "-p", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-l", "server.log"], _ =>
            {
                var deadline = Stopwatch.StartNew();
                while (clients.Count < connectionCount)
                    clients.Add(Connect(port, deadline));
            });
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static string Build()
    {
        var toolchain = Toolchain.Newest!;
        var output = CacheFolder.Below("tests", "binaries", toolchain.Name, "nats-server");
        if (File.Exists(output))
            return output;
        var sources = CacheFolder.Below("nats", "src", "github.com", "nats-io", "nats-server");
        Assert.True(Directory.Exists(sources), "the sources of nats-server are not in the cache: run eng/toolchains.sh");
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        var unfinished = $"{output}.{Environment.ProcessId}";
        var start = new ProcessStartInfo(toolchain.Command, ["build", "-o", unfinished, "."]) { WorkingDirectory = sources };
        toolchain.Configure(start.Environment);
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOPATH"] = CacheFolder.Below("nats");
        StackProgram.Run(start);
        File.Move(unfinished, output, overwrite: true);
        return output;
    }

    /// <summary>Speaks the protocol as far as the first answer: only then has the server started the client's goroutines.</summary>
    private static TcpClient Connect(int port, Stopwatch deadline)
    {
        while (true)
        {
            try
            {
                var client = new TcpClient();
                client.Connect(IPAddress.Loopback, port);
                var stream = client.GetStream();
                stream.Write("CONNECT {\"verbose\":false}\r\nPING\r\n"u8);
                using var reader = new StreamReader(stream, Encoding.ASCII, false, 4096, leaveOpen: true);
                for (var line = reader.ReadLine(); line is not null; line = reader.ReadLine())
                {
                    if (line == "PONG")
                        return client;
                }

                throw new InvalidOperationException("nats-server ended a connection");
            }
            catch (SocketException) when (deadline.Elapsed < s_limit)
            {
                Thread.Sleep(20);
            }
        }
    }

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}

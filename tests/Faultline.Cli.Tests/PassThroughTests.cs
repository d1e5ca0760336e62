using System.Diagnostics;
using System.Text;

namespace Faultline.Cli.Tests;

/// <summary><c>./app 2&gt;&amp;1 | faultline</c>: a filter that adds, and takes nothing away.</summary>
public sealed class PassThroughTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static byte[] Crash => File.ReadAllBytes(Path.Combine(Program.SourceFolder(), "Inputs", "crash.log"));

    [Fact]
    public async Task Bytes_pass_unchanged()
    {
        byte[] bytes = new byte[300_000];
        new Random(20260105).NextBytes(bytes);
        Outcome outcome = await Program.Run(bytes);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(bytes, outcome.Output);
    }

    [Fact]
    public async Task A_line_passes_at_once()
    {
        using Process process = Program.Start();
        foreach (string line in (string[])["listening", "ready"])
        {
            await process.StandardInput.WriteAsync(line + "\n");
            await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            Assert.Equal(line, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken));
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("-INT")]
    [InlineData("-QUIT")]
    public async Task The_verdict_survives_the_keys_that_end_the_program(string signal)
    {
        using Process process = Program.Start();
        await process.StandardInput.WriteAsync("listening\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("listening", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        using (Process kill = Process.Start("kill", [signal, process.Id.ToString()]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.WriteAsync(Crash, TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        string text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("\n  Victim    goroutine 34", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_verdict_starts_on_a_line_of_its_own()
    {
        byte[] crash = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Crash).TrimEnd());
        Outcome outcome = await Program.Run(crash);
        Assert.StartsWith(Encoding.UTF8.GetString(crash) + "\n\nfatal error: concurrent map writes\n", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_file_leaves_the_stream_alone()
    {
        string report = Path.GetTempFileName();
        try
        {
            Outcome outcome = await Program.Run(Crash, "-o", report, "--format", "json");
            Assert.Equal(0, outcome.ExitCode);
            Assert.Equal(Crash, outcome.Output);
            using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
            Assert.Equal("-", document.RootElement.GetProperty("incidents")[0].GetProperty("evidence")[0].GetProperty("source").GetString());
        }
        finally
        {
            File.Delete(report);
        }
    }

    [Fact]
    public async Task Ends_quietly_when_its_reader_goes_away()
    {
        using Process process = Program.Start();
        process.StandardOutput.Close();
        byte[] block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a line\n", 1000)));
        try
        {
            for (int i = 0; i < 1000; i++)
                await process.StandardInput.BaseStream.WriteAsync(block, TestContext.Current.CancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Expected: it has ended.
        }

        Assert.Equal("", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}

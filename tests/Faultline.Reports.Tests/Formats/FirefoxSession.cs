using System.Text.Json;

namespace Faultline.Reports.Tests.Formats;

/// <summary>A profile in the Firefox Profiler's command line: a process that holds it, and commands that ask that process.</summary>
internal sealed class FirefoxSession : IDisposable
{
    private const int MostAttempts = 120;

    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-firefox-").FullName;
    private readonly string _program = Path.Combine(NpmPackage.Install("profiler-cli-0.10.0", "@firefox-devtools/profiler-cli@0.10.0"), "node_modules", "@firefox-devtools", "profiler-cli", "dist", "profiler-cli.js");

    public FirefoxSession(byte[] profile)
    {
        File.WriteAllBytes(Path.Combine(_folder, "profile.json"), profile);
        try
        {
            Run("load", "profile.json");
        }
        catch (InvalidOperationException)
        {
            // It waits half a second for its process; a busy machine takes longer, and then the first question does.
        }
    }

    public JsonElement Ask(params string[] question)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return JsonDocument.Parse(Run([.. question, "--json"])).RootElement;
            }
            catch (InvalidOperationException) when (attempt < MostAttempts)
            {
                Thread.Sleep(250);
            }
        }
    }

    public void Dispose()
    {
        try
        {
            Run("stop", "--all");
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string Run(params string[] arguments) => NpmPackage.Run("env", _folder, [$"PROFILER_CLI_SESSION_DIR={Path.Combine(_folder, "sessions")}", "node", _program, .. arguments]);
}

using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Faultline.Binaries.Elf;

namespace Faultline.Cli.Commands;

/// <summary>The options about separate debug files. Nothing is asked of a server unless the user says so.</summary>
internal sealed class DebugFileOptions
{
    private readonly Option<string[]> _folders = new("--debug-dir")
    {
        HelpName = "DIR",
        Description = "Look for the binary's debug file under DIR too, before /usr/lib/debug. May be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _debuginfod = new("--debuginfod")
    {
        Description = "Fetch the debug file from the servers in DEBUGINFOD_URLS, with elfutils' debuginfod-find.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_folders);
        command.Options.Add(_debuginfod);
    }

    /// <summary>Where to look for the debug file of a binary.</summary>
    /// <exception cref="UserErrorException">The user asked for a server, and the tool or the server's address is missing.</exception>
    public DebugFileSearch Search(ParseResult arguments, string binary)
    {
        IReadOnlyList<string> folders = [.. arguments.GetValue(_folders) ?? [], .. DebugFileSearch.Default.Folders];
        if (folders.FirstOrDefault(folder => folder != DebugFileSearch.Default.Folders[0] && !Directory.Exists(folder)) is { } missing)
            throw new UserErrorException(ExitCode.InputMissing, $"there is no folder '{missing}'. --debug-dir wants the folder that holds '.build-id' or the debug files.");
        return new DebugFileSearch(folders) { Fetched = arguments.GetValue(_debuginfod) ? Fetch(binary) : null };
    }

    /// <summary>The path that debuginfod-find prints; null when no server has the file. The tool keeps its own cache and reads all of its variables.</summary>
    private static string? Fetch(string binary)
    {
        if (string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("DEBUGINFOD_URLS")))
            throw new UserErrorException(ExitCode.Unavailable, "--debuginfod needs the servers' addresses in DEBUGINFOD_URLS.");
        try
        {
            ProcessStartInfo start = new("debuginfod-find") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add("debuginfo");
            start.ArgumentList.Add(Path.GetFullPath(binary));
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string path = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode == 0 && File.Exists(path))
                return path;
        }
        catch (Win32Exception)
        {
            throw new UserErrorException(ExitCode.Unavailable, "--debuginfod needs 'debuginfod-find'. On Debian or Ubuntu: sudo apt-get install debuginfod");
        }

        StandardStreams.Tell($"faultline: no server of DEBUGINFOD_URLS has a debug file for '{binary}'.");
        return null;
    }
}

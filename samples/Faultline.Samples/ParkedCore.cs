using System.Collections.Concurrent;
using System.Diagnostics;

namespace Faultline.Samples;

/// <summary>
/// A core of a parked sample, taken while it waits, with what it wrote about itself. Kept in the cache beside the binary, so that it is taken
/// once for every build.
/// </summary>
/// <param name="CorePath">A core as gdb's <c>gcore</c> makes it, with holes where memory is zero.</param>
/// <param name="TruthPath">The file that the program got as its first argument.</param>
public sealed record ParkedCore(SampleBinary Binary, string CorePath, string TruthPath)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private static readonly ConcurrentDictionary<string, Lock> s_turns = new(StringComparer.Ordinal);

    /// <summary>Takes a core, or finds it taken. Needs <c>gcore</c>. Safe to call from several threads.</summary>
    /// <param name="arguments">More arguments of the program, after the file for what it says.</param>
    public static ParkedCore Take(SampleBinary binary, params IReadOnlyList<string> arguments)
    {
        string stem = arguments.Count == 0 ? binary.Path : $"{binary.Path}.{string.Join('.', arguments)}";
        ParkedCore core = new(binary, stem + ".core", stem + ".truth");
        if (!File.Exists(core.CorePath))
        {
            // Core and truth are of one run: two that take them at once would mix theirs.
            lock (s_turns.GetOrAdd(stem, _ => new Lock()))
            {
                if (!File.Exists(core.CorePath))
                    core.TakeNow(stem, arguments);
            }
        }
        return core;
    }

    private void TakeNow(string stem, IReadOnlyList<string> arguments)
    {
        string unfinished = $"{stem}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            Run(unfinished, arguments);
            File.Move(unfinished + ".truth", TruthPath, overwrite: true);
            File.Move(unfinished + ".core", CorePath, overwrite: true);
        }
        finally
        {
            foreach (string left in Directory.GetFiles(Path.GetDirectoryName(stem)!, Path.GetFileName(unfinished) + "*"))
                File.Delete(left);
        }
    }

    private void Run(string stem, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(Binary.Path, [stem + ".truth", .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("GO", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        try
        {
            using CancellationTokenSource limit = new(s_limit);
            string? line = process.StandardOutput.ReadLineAsync(limit.Token).AsTask().GetAwaiter().GetResult();
            if (line != "ready")
                throw new InvalidOperationException($"{Binary} said '{line}' instead of being ready");
            Call("gcore", "-o", stem + ".gcore", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
        // Reserved memory is written as zeros, a gigabyte of them.
        Call("fallocate", "--dig-holes", $"{stem}.gcore.{process.Id}");
        File.Move($"{stem}.gcore.{process.Id}", stem + ".core");
    }

    private static void Call(string tool, params IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(tool, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> warnings = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd() + warnings.GetAwaiter().GetResult();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{tool} ended with {process.ExitCode}: {text}");
    }
}

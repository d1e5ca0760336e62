using System.Runtime.InteropServices;
using Faultline.Accuracy;

AccuracyOptions options;
try
{
    if (args.Contains("--help", StringComparer.Ordinal))
    {
        Console.WriteLine(AccuracyOptions.Usage);
        return 0;
    }
    options = AccuracyOptions.Parse(args);
}
catch (FormatException error)
{
    Console.Error.WriteLine($"accuracy: {error.Message}\n{AccuracyOptions.Usage}");
    return 64;
}
if (options.Toolchains.Count == 0 || !File.Exists(options.ToolPath))
{
    Console.Error.WriteLine(options.Toolchains.Count == 0 ? "accuracy: no Go toolchain in the cache: run eng/toolchains.sh" : $"accuracy: {options.ToolPath} is not built");
    return 69;
}

if (options.CaptureModes.Count > 0)
    return CaptureMatrix.Run(options, args);

CrashCase[] cases = [.. options.Cases()];
NativeTool tool = new(options.ToolPath);
List<Trial> trials = [];
// The full matrix takes long: whoever stops it gets the report of what is done.
bool isStopped = false;
void Stop(PosixSignalContext context) => context.Cancel = isStopped = true;
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
for (int i = 0; i < cases.Length && !isStopped; i++)
{
    Console.Error.Write($"\r{i + 1}/{cases.Length} {cases[i],-50}");
    for (int run = 1; run <= options.Runs && !isStopped; run++)
    {
        string folder = Path.Combine(options.KeepFolder, $"{cases[i]} {run}".Replace(' ', '-').ToLowerInvariant());
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        trials.AddRange(Trial.Run(cases[i], options.WithBinary, tool.Ask, folder));
    }
}
Console.Error.WriteLine();

using TextWriter output = options.MarkdownPath is { } path ? new StreamWriter(path) { NewLine = "\n" } : Console.Out;
new AccuracyReport(trials, args, isStopped).Write(output);
return 0;

using System.Globalization;
using Faultline.Samples;

namespace Faultline.Capture.Tests;

/// <summary>A temporary folder with a copy of a sample, so that probes on it are this test's own.</summary>
internal sealed class Workplace : IDisposable
{
    public Workplace(string sample, string go, BuildMode mode = BuildMode.Plain)
    {
        Folder = Directory.CreateTempSubdirectory("faultline-capture-").FullName;
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        Binary = Path.Combine(Folder, sample);
        File.Copy(SampleBinary.Build(sample is "appendwindow" or "crowd" or "cthreads" or "pingpong" or "races" or "sharedlines" or "threadload" ? SampleProgram.FindParked(sample) : SampleProgram.Find(sample), Toolchain.TryFind(go)!, mode).Path, Binary);
        File.SetUnixFileMode(Binary, (UnixFileMode)0b111_101_101);
    }

    public string Folder { get; }

    /// <summary>The program.</summary>
    public string Binary { get; }

    /// <summary>Where recordings go.</summary>
    public string Recording => Path.Combine(Folder, "recording");

    public Task<Outcome> Record(params IEnumerable<string> arguments) => FaultlineProgram.Run(Folder, ["record", "-o", Recording, .. arguments]);

    /// <summary>The perf process that records probes of this program's file; 0 while there is none.</summary>
    public static int FindPerf(string folder)
    {
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                continue;
            try
            {
                string command = File.ReadAllText(Path.Combine(process, "cmdline"));
                if (command.StartsWith("perf\0record\0", StringComparison.Ordinal) && command.Contains(folder, StringComparison.Ordinal))
                    return id;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }

        return 0;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

using System.Text;
using Faultline.Evidence.Escapes;
using Faultline.Samples;

namespace Faultline.Evidence.Tests.Escapes;

/// <summary>What the compilers say of the program in <c>Programs/shared</c>, made on the spot.</summary>
internal static class SharedProgram
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(SamplesFolder.Path, "..", "tests", "Faultline.Evidence.Tests", "Escapes", "Programs", "shared"));

    private static readonly string[] Source = File.ReadAllLines(Path.Combine(Folder, "main.go"));

    public static TheoryData<string> Versions { get; } = [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    /// <summary>The text of one build; the go command keeps it, so that a second one is fast.</summary>
    public static string Build(string version, params string[] flags)
    {
        string path = Path.GetTempFileName();
        try
        {
            BuildOutput.OfFolder(Toolchain.TryFind(version)!, Folder, path, ["build", "-o", "/dev/null", .. flags, "."]);
            return File.ReadAllText(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static EscapeLog Read(string text, EscapeLogOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), options);

    public static EscapeLog Read(byte[] text, EscapeLogOptions? options = null)
    {
        using MemoryStream stream = new(text);
        return EscapeLogReader.Read(stream, "build.log", options);
    }

    /// <summary>The line of the program that begins with a text, leading blanks aside.</summary>
    public static int LineOf(string text) => Array.FindIndex(Source, line => line.TrimStart().StartsWith(text, StringComparison.Ordinal)) + 1;
}

using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>How much the runtime was asked to print.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Traceback">GOTRACEBACK; null when unset.</param>
/// <param name="Debug">GODEBUG; null when unset.</param>
public sealed record CrashLevel(string Name, string? Traceback, string? Debug)
{
    public static IReadOnlyList<CrashLevel> Known { get; } =
    [
        new("all", "all", null),
        new("scheddetail", "all", "scheddetail=1"),
        new("system", "system", null),
        new("default", null, null),
    ];

    public override string ToString() => Name;
}

/// <summary>What is run, how often it has crashed, and what the runtime was asked to print.</summary>
public sealed record CrashCase(SampleProgram Program, Toolchain Toolchain, BuildMode Mode, CrashLevel Level)
{
    // A map sample that also parks goroutines; some hundred are enough here.
    private const string ParkedGoroutines = "500";

    /// <summary>Builds when needed and runs once, in a folder of its own.</summary>
    public SampleRun Run(string folder) => SampleRun.Run(
        SampleBinary.Build(Program, Toolchain, Mode),
        new SampleRunOptions
        {
            Traceback = Level.Traceback,
            Debug = Level.Debug,
            Arguments = Program.Name == "manygoroutines" ? [ParkedGoroutines] : [],
        },
        folder);

    public override string ToString() => $"{Toolchain.Name} {Program} {Mode} {Level}";
}

namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>How a test program is built.</summary>
/// <param name="Cgo">Whether the C compiler takes part.</param>
public sealed record BuildVariant(string Name, string Architecture = "amd64", string Experiment = "", string FlagText = "", bool Cgo = false)
{
    public static BuildVariant Plain { get; } = new("plain");

    public static BuildVariant Stripped { get; } = new("stripped", FlagText: "-ldflags=-s -w");

    public static BuildVariant Pie { get; } = new("pie", FlagText: "-buildmode=pie");

    public static BuildVariant PieStripped { get; } = new("pie-stripped", FlagText: "-buildmode=pie|-ldflags=-s -w");

    public static BuildVariant Trimmed { get; } = new("trimpath", FlagText: "-trimpath");

    public static BuildVariant Arm64 { get; } = new("arm64", Architecture: "arm64");

    public static BuildVariant Arm64Stripped { get; } = new("arm64-stripped", Architecture: "arm64", FlagText: "-ldflags=-s -w");

    public static BuildVariant Arm64Pie { get; } = new("arm64-pie", Architecture: "arm64", FlagText: "-buildmode=pie");

    public static BuildVariant Arm64NoInlining { get; } = new("arm64-no-inlining", Architecture: "arm64", FlagText: "-gcflags=-l");

    public static BuildVariant Arm64NoOptimising { get; } = new("arm64-no-optimising", Architecture: "arm64", FlagText: "-gcflags=all=-N -l");

    public static BuildVariant NoSwissMap { get; } = new("noswissmap", Experiment: "noswissmap");

    public static BuildVariant NoInlining { get; } = new("no-inlining", FlagText: "-gcflags=-l");

    /// <summary>Needs a C compiler.</summary>
    public static BuildVariant Race { get; } = new("race", FlagText: "-race", Cgo: true);

    /// <summary>The ways in which Go code comes together with C code; all need a C compiler.</summary>
    public static IReadOnlyList<BuildVariant> WithC { get; } =
    [
        new("cgo", Cgo: true),
        new("external", Cgo: true, FlagText: "-ldflags=-linkmode=external"),
        new("static-pie", Cgo: true, FlagText: "-buildmode=pie|-ldflags=-linkmode=external -extldflags=-static-pie"),
        new("c-shared", Cgo: true, FlagText: "-buildmode=c-shared"),
        new("c-archive", Cgo: true, FlagText: "-buildmode=c-archive"),
        new("plugin", Cgo: true, FlagText: "-buildmode=plugin"),
        new("cgo-race", Cgo: true, FlagText: "-race"),
    ];

    /// <summary>What changes the machine code that a program is made of, or the names in it.</summary>
    public static IReadOnlyList<BuildVariant> Codes { get; } = [Plain, Stripped, Pie, NoInlining, Race];

    /// <summary>The same for arm64, cross-built.</summary>
    public static IReadOnlyList<BuildVariant> Arm64Codes { get; } = [Arm64, Arm64Stripped, Arm64Pie, Arm64NoInlining, Arm64NoOptimising];

    public static IReadOnlyList<BuildVariant> Everywhere { get; } = [Plain, Stripped, Pie, PieStripped, Trimmed, Arm64];

    public IReadOnlyList<string> Flags => FlagText.Split('|', StringSplitOptions.RemoveEmptyEntries);

    public static BuildVariant Get(string name) =>
        Everywhere.Union(Codes).Union(Arm64Codes).Union(WithC).Append(NoSwissMap).Single(variant => variant.Name == name);
}

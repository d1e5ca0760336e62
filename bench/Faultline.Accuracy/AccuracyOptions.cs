using Faultline.Samples;

namespace Faultline.Accuracy;

/// <summary>What to run. The defaults are the full matrix.</summary>
internal sealed record AccuracyOptions
{
    public const string Usage =
        """
        usage: accuracy [options]
          --runs N             crashes of each combination (10)
          --versions LIST      Go versions, such as 1.19,1.27 (all of the cache)
          --samples LIST       map samples (all)
          --modes LIST         plain, race, trimpath, stripped, pie, noinline (plain)
          --levels LIST        all, scheddetail, system, default (all,scheddetail)
          --log-only           diagnose without the binary only
          --capture LIST       capture the crashes instead: trace, targeted (with 'faultline record'; needs root), catch (with
                               'faultline catch'), core (a core alone), core+log; samples: maphot, mapww, maprare, maphandlers
          --binary-tool PATH   the faultline to judge (artifacts/native/faultline)
          --markdown FILE      write the report there (standard output)
          --keep DIR           folder for the logs of misses (artifacts/accuracy)
        """;

    private static readonly string s_root = Path.GetDirectoryName(SamplesFolder.Path)!;

    public int Runs { get; private init; } = 10;

    public IReadOnlyList<Toolchain> Toolchains { get; private init; } = Toolchain.All;

    public IReadOnlyList<SampleProgram> Programs { get; private init; } = [.. SampleProgram.All.Where(program => program.HasLedger)];

    public IReadOnlyList<BuildMode> Modes { get; private init; } = [BuildMode.Plain];

    public IReadOnlyList<CrashLevel> Levels { get; private init; } = [.. CrashLevel.Known.Take(2)];

    /// <summary>Of <see cref="CaptureCase.Modes"/>; empty to diagnose logs.</summary>
    public IReadOnlyList<string> CaptureModes { get; private init; } = [];

    public IReadOnlyList<bool> WithBinary { get; private init; } = [true, false];

    public string ToolPath { get; private init; } = Path.Combine(s_root, "artifacts", "native", "faultline");

    public string? MarkdownPath { get; private init; }

    public string KeepFolder { get; private init; } = Path.Combine(s_root, "artifacts", "accuracy");

    /// <summary>All combinations that exist.</summary>
    public IEnumerable<CrashCase> Cases() =>
        from toolchain in Toolchains
        from program in Programs
        where program.Supports(toolchain)
        from mode in Modes
        from level in Levels
        select new CrashCase(program, toolchain, mode, level);

    /// <summary>All combinations that are captured.</summary>
    public IEnumerable<CaptureCase> CaptureCases() =>
        from toolchain in Toolchains
        from program in Programs
        where program.Supports(toolchain) && (Programs.Count < SampleProgram.All.Count(known => known.HasLedger) || CaptureCase.Samples.Contains(program.Name))
        from mode in CaptureModes
        select new CaptureCase(program, toolchain, mode);

    /// <exception cref="FormatException">The message says what is wrong.</exception>
    public static AccuracyOptions Parse(string[] arguments)
    {
        AccuracyOptions options = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            string Next() => ++i < arguments.Length ? arguments[i] : throw new FormatException($"{name} wants a value");
            IReadOnlyList<T> List<T>(Func<string, T?> find)
                where T : class => [.. Next().Split(',').Select(word => find(word) ?? throw new FormatException($"{name}: no {word}"))];
            options = name switch
            {
                "--runs" => options with { Runs = int.TryParse(Next(), out int runs) && runs > 0 ? runs : throw new FormatException("--runs wants a positive number") },
                "--versions" => options with { Toolchains = List(Toolchain.TryFind) },
                "--samples" => options with { Programs = List(word => SampleProgram.All.FirstOrDefault(program => program.HasLedger && program.Name == word)) },
                "--modes" => options with { Modes = [.. Next().Split(',').Select(word => Enum.TryParse(word, ignoreCase: true, out BuildMode mode) ? mode : throw new FormatException($"{name}: no {word}"))] },
                "--levels" => options with { Levels = List(word => CrashLevel.Known.FirstOrDefault(level => level.Name == word)) },
                "--capture" => options with { CaptureModes = List(word => CaptureCase.Modes.FirstOrDefault(mode => mode == word)) },
                "--log-only" => options with { WithBinary = [false] },
                "--binary-tool" => options with { ToolPath = Path.GetFullPath(Next()) },
                "--markdown" => options with { MarkdownPath = Next() },
                "--keep" => options with { KeepFolder = Path.GetFullPath(Next()) },
                _ => throw new FormatException($"unknown option {name}"),
            };
        }
        return options;
    }
}

using Faultline.Binaries.GoSym;
using Faultline.Runtime.Goroutines;

namespace Faultline.Cli.Cores;

/// <summary>What a goroutine is chosen or grouped by, as delve names it: <c>curloc</c>, <c>userloc</c>, <c>goloc</c>, <c>startloc</c>, <c>label</c>, <c>running</c>, <c>user</c>.</summary>
/// <param name="Kind">The word.</param>
/// <param name="Value">What a location has to contain; the label, with <c>=VALUE</c> or without. Empty for the words that stand alone.</param>
internal sealed record GoroutineFilter(string Kind, string Value)
{
    private static readonly string[] s_withValue = ["curloc", "userloc", "goloc", "startloc", "label"];
    private static readonly string[] s_alone = ["running", "user"];

    /// <summary>Reads words such as <c>userloc main.work running</c>.</summary>
    /// <exception cref="UserErrorException">A word is unknown, or its value is missing.</exception>
    public static IReadOnlyList<GoroutineFilter> Parse(string option, IReadOnlyList<string> words)
    {
        List<GoroutineFilter> filters = [];
        for (int index = 0; index < words.Count; index++)
        {
            if (s_alone.Contains(words[index]))
                filters.Add(new GoroutineFilter(words[index], ""));
            else if (s_withValue.Contains(words[index]) && index + 1 < words.Count)
                filters.Add(new GoroutineFilter(words[index], words[++index]));
            else
                throw new UserErrorException(ExitCode.Usage, $"{option} wants 'curloc', 'userloc', 'goloc' or 'startloc' with a text, 'label' with KEY or KEY=VALUE, 'running' or 'user', not '{words[index]}'.");
        }

        return filters;
    }

    /// <summary>Reads what <c>--group</c> takes: one of the words, a key after <c>label</c>.</summary>
    public static GoroutineFilter ParseGroup(IReadOnlyList<string> words) => words switch
    {
        ["label", var key] => new GoroutineFilter("label", key),
        ["curloc" or "userloc" or "goloc" or "startloc" or "running" or "user"] => new GoroutineFilter(words[0], ""),
        _ => throw new UserErrorException(ExitCode.Usage, $"--group wants one of curloc, userloc, goloc, startloc, running, user, or 'label KEY', not '{string.Join(' ', words)}'."),
    };

    public bool Lets(CoreSession core, in Goroutine goroutine) =>
        Kind is "label" ? Labels(core, goroutine).Any(label => Value.Contains('=', StringComparison.Ordinal) ? $"{label.Key}={label.Value}" == Value : label.Key == Value)
        : Kind is "running" or "user" ? KeyOf(core, goroutine) == Kind
        : KeyOf(core, goroutine).Contains(Value, StringComparison.Ordinal);

    /// <summary>What the goroutine has for this word: the text that goroutines of one group share.</summary>
    public string KeyOf(CoreSession core, in Goroutine goroutine) => Kind switch
    {
        "curloc" => Text(Stack(core, goroutine) is [var first, ..] ? core.Names.Of(first)[0] : null),
        "userloc" => Text(core.Names.UserFrame(Stack(core, goroutine))),
        "goloc" => Text(core.Names.At(goroutine.CreatorPc)),
        "startloc" => Text(core.Names.At(goroutine.StartPc + 1)),
        "running" => goroutine.Status == GoroutineStatus.Running ? "running" : "not running",
        "user" => core.Names.At(goroutine.StartPc + 1) is { } start && IsRuntimeStart(start.Function) ? "runtime" : "user",
        _ => Labels(core, goroutine).FirstOrDefault(label => label.Key == Value).Value ?? "",
    };

    /// <summary>The runtime's own goroutines, <c>main</c> and those of finalizers aside.</summary>
    private static bool IsRuntimeStart(string function) =>
        function.StartsWith("runtime.", StringComparison.Ordinal) && function is not ("runtime.main" or "runtime.handleAsyncEvent");

    private static List<StackPosition> Stack(CoreSession core, in Goroutine goroutine) =>
        [.. core.State.Stacks.Set.Frames(core.State.Stacks.Intern(goroutine, out _))];

    private static IReadOnlyList<KeyValuePair<string, string>> Labels(CoreSession core, in Goroutine goroutine) => GoroutineLabels.Read(core.State, goroutine);

    private static string Text(SourceFrame? frame) => frame is { } found ? $"{found.Function} {found.File}:{found.Line}" : "";
}

using Faultline.Cli.Commands;
using Faultline.Cli.Cores;

namespace Faultline.Cli.Mcp;

/// <summary>The tool for memory: the views of <c>faultline core</c>.</summary>
internal static class CoreTool
{
    public static AssistantTool Inspect { get; } = new(
        "inspect",
        "Look into a core dump",
        "Shows what a core dump of a Go program holds. Views: overview; goroutines (choose with with/without, count with group, stacks: true); stack (target: goroutine id); traceback (all, as Go prints it); "
        + "maps (those in package-level variables); map, chan, slice, sync, syncmap (target: address or variable); read (a value: target and type); type (target: name); locks (who waits for and may hold them); "
        + "who (what keeps target alive); leaks (goroutines that nothing can wake). Addresses are those that other views print.",
        [
            new("core", ParameterKind.Path, "The core dump, or a bundle that has one.") { IsRequired = true },
            new("view", ParameterKind.Text, "What to show; 'overview' when not given.")
            {
                Choices = ["overview", "goroutines", "stack", "traceback", "maps", "map", "chan", "slice", "sync", "syncmap", "read", "type", "locks", "who", "leaks"],
            },
            new("target", ParameterKind.Text, "What the view is of: a hexadecimal address such as 0xc00006c450, a package-level variable such as main.cache, a goroutine's id, or a type's name."),
            new("type", ParameterKind.Text, "The object's type, such as map[string]int; for 'sync' its kind: mutex, rwmutex, waitgroup, cond or once."),
            AssistantTool.Binary,
            AssistantTool.Format("text", "json"),
            new("stacks", ParameterKind.Flag, "Show the stacks of goroutines."),
            new("with", ParameterKind.Texts, "Only goroutines that match: 'curloc', 'userloc', 'goloc' or 'startloc' followed by a text, 'label' followed by KEY or KEY=VALUE, 'running', 'user'. Example: [\"userloc\", \"main.worker\"]."),
            new("without", ParameterKind.Texts, "Leave those out."),
            new("group", ParameterKind.Texts, "Count goroutines by curloc, userloc, goloc, startloc, running or user, or by 'label' followed by a key."),
            AssistantTool.Top,
            AssistantTool.Skip,
            AssistantTool.Force,
            AssistantTool.Start,
        ],
        "'top' and 'skip' choose entries",
        Answer);

    private static void Answer(ToolArguments arguments, Caller caller)
    {
        string view = arguments.Word("view");
        string? target = arguments.Text("target");
        if (arguments.Text("type") is not null && target is null)
            throw new UserErrorException(ExitCode.Usage, "'type' is of a 'target', which is missing. The type itself is shown by view 'type' with its name as 'target'.");
        string[] words = [.. new[] { arguments.Text("core"), arguments.Text("binary"), view, target, arguments.Text("type") }.OfType<string>()];
        string[] group = arguments.Texts("group");
        CoreCommand.Run(words, caller, new CoreView
        {
            Format = AssistantTool.FormatOf(arguments),
            IsForced = arguments.Flag("force"),
            HasStacks = arguments.Flag("stacks"),
            With = GoroutineFilter.Parse("with", arguments.Texts("with")),
            Without = GoroutineFilter.Parse("without", arguments.Texts("without")),
            Group = group.Length > 0 ? GoroutineFilter.ParseGroup(group) : null,
            Skip = arguments.Number("skip") ?? 0,
            Top = arguments.Number("top"),
        });
    }
}

namespace Faultline.Cli.Mcp;

/// <summary>Something that an assistant can ask.</summary>
/// <param name="Name">By which it is called.</param>
/// <param name="Title">For people.</param>
/// <param name="Description">For the assistant: when to use it, and what comes back.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Narrower">How to ask for less, where an answer is cut.</param>
/// <param name="Answer">Answers to the caller; throws <see cref="UserErrorException"/> when there is no answer.</param>
internal sealed record AssistantTool(string Name, string Title, string Description, IReadOnlyList<ToolParameter> Parameters, string Narrower, Action<ToolArguments, Caller> Answer)
{
    public const string Offset = "offset";

    public static ToolParameter Binary { get; } = new("binary", ParameterKind.Path, "The Go program (ELF) that crashed. Gives exact instructions, types and lines. A core names its program; give it when that is not found.");

    public static ToolParameter Force { get; } = new("force", ParameterKind.Flag, "Go on with a binary of another build than the core's: nothing that it says can be trusted.");

    public static ToolParameter Top { get; } = new("top", ParameterKind.Number, "Show at most this many entries of the list.");

    public static ToolParameter Skip { get; } = new("skip", ParameterKind.Number, "Leave out this many entries at the beginning.");

    public static ToolParameter Start { get; } = new(Offset, ParameterKind.Number, "Leave out this many characters of the answer: goes on where an earlier answer to the same question was cut.");

    public static ToolParameter Format(params string[] choices) => new("format", ParameterKind.Text, $"How the answer looks; '{choices[0]}' when not given.") { Choices = choices };

    public static OutputFormat FormatOf(ToolArguments arguments) => arguments.Word("format") == "json" ? OutputFormat.Json : OutputFormat.Text;
}

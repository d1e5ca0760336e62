using Faultline.Binaries.Code.Listing;
using Faultline.Cli.Commands;
using Faultline.Cli.Disassembly;

namespace Faultline.Cli.Mcp;

/// <summary>The tool for machine code: what <c>faultline disasm</c> says.</summary>
internal static class CodeTool
{
    public static AssistantTool Disassemble { get; } = new(
        "disassemble",
        "Disassemble a function",
        "Shows the machine code of a Go function with source lines, call targets, checks of the compiler, types and strings. Use it to see what an instruction that a report names does. Works on stripped binaries.",
        [
            new("binary", ParameterKind.Path, "The Go program (ELF, amd64 or arm64).") { IsRequired = true },
            new("place", ParameterKind.Text, "A function by its full name (main.(*cache).put), an address (0x4103a5, main.work+0x45) or a line (server.go:53). A return address points behind its call: give it less one.") { IsRequired = true },
            new("around", ParameterKind.Number, "Only this many instructions before and after the address."),
            new("calls", ParameterKind.Flag, "Only calls."),
            new("stack", ParameterKind.Flag, "How deep the stack is, and where a goroutine can be stopped."),
            new("syntax", ParameterKind.Text, "Of the assembly; 'intel' and 'att' are for amd64.") { Choices = ["go", "intel", "att"] },
            AssistantTool.Format("text", "json"),
            AssistantTool.Start,
        ],
        "'around' and 'calls' choose instructions",
        static (arguments, caller) => DisasmCommand.Run(
            arguments.Text("binary")!,
            caller.DebugFiles,
            arguments.Text("place"),
            arguments.Word("syntax") switch { "intel" => AssemblySyntax.Intel, "att" => AssemblySyntax.Att, _ => AssemblySyntax.Go },
            AssistantTool.FormatOf(arguments),
            caller,
            new ListingRequest([], []) { Around = (int?)arguments.Number("around"), OnlyCalls = arguments.Flag("calls"), ShowsStack = arguments.Flag("stack") }));
}

using System.CommandLine;
using Faultline.Cli.Mcp;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline mcp</c>: the tools for assistants.</summary>
internal static class McpCommand
{
    private const int DefaultCharacters = 60_000;
    private const int FewestCharacters = 1_000;

    private const string Examples =
        """
        Examples:
          faultline mcp --root ~/crashes
          faultline mcp --root ~/crashes --root ~/src/app/bin --max-chars 20000

        An assistant starts it and speaks the Model Context Protocol with it, on standard
        input and output, until input ends. Its tools are diagnose, goroutines, inspect,
        disassemble and graph. They only read, and only files below the roots, symbolic
        links followed. No process is looked at, and nothing is fetched. How to set up a
        client, and all about the tools: docs/mcp.md.
        """;

    public static Command Create()
    {
        Option<string[]> roots = new("--root") { HelpName = "DIR", Description = "Allow to read files below DIR. May be repeated.", Arity = ArgumentArity.OneOrMore };
        Option<long?> most = DiagnoseOptions.Number("--max-chars", "N", $"Cut answers after N characters (default {DefaultCharacters}, at least {FewestCharacters}); the rest can be asked for.");
        Command command = new("mcp", "Serve the analyses to an assistant as tools of the Model Context Protocol.") { roots, most };
        command.SetAction(async (arguments, _) =>
        {
            if (arguments.GetValue(roots) is not { Length: > 0 } folders)
                throw new UserErrorException(ExitCode.Usage, "say which folders may be read: 'faultline mcp --root DIR'.");
            using ToolServer server = new(RootFolders.Open(folders), (int)Math.Clamp(arguments.GetValue(most) ?? DefaultCharacters, FewestCharacters, int.MaxValue / 2));
            await server.RunAsync(ReportFormat.Version);
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }
}

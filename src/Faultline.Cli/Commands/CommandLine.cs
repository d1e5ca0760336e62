using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;

namespace Faultline.Cli.Commands;

/// <summary>The command line as a whole: parsing, help, and the sentence for what cannot be parsed.</summary>
internal static class CommandLine
{
    private const string Examples =
        """
        Examples:
          ./app 2>&1 | faultline                       watch a program, explain its crash
          ./app 2>&1 | faultline --binary ./app        the same, with its code
          faultline diagnose crash.log ./app           explain a crash that was logged
          faultline demo                               see a real one

        Without a command, standard input is passed on as it arrives and a verdict is
        appended if it holds a crash.

        Exit codes: 0 report produced (or nothing to report in a pipe), 3 --fail-on met,
        64 usage, 65 no crash found or unreadable input, 66 input missing,
        69 tool or permission missing, 70 internal error.
        """;

    /// <summary>Commands that wait for a program or for somebody, or pass on what others write.</summary>
    private static readonly string[] s_waiting = ["record", "catch", "view", "mcp", "doctor", "completion"];

    public static int Run(string[] args)
    {
        RootCommand root = new("Finds out which goroutines collided in a Go program that died, from its crash log and its binary.");
        root.Directives.Clear();
        root.Options.OfType<VersionOption>().Single().Description = "Show the version.";
        DiagnoseOptions options = new();
        options.AddTo(root);
        root.Subcommands.Add(DiagnoseCommand.Create(options));
        root.Subcommands.Add(ViewCommand.Create(options));
        root.Subcommands.Add(RaceCommand.Create(options));
        root.Subcommands.Add(AppendsCommand.Create());
        root.Subcommands.Add(EscapeCommand.Create());
        root.Subcommands.Add(RecordCommand.Create(options));
        root.Subcommands.Add(CatchCommand.Create(options));
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(SymbolizeCommand.Create());
        root.Subcommands.Add(InfoCommand.Create());
        root.Subcommands.Add(SymbolsCommand.Create());
        root.Subcommands.Add(LayoutCommand.Create());
        root.Subcommands.Add(PcTableCommand.Create());
        root.Subcommands.Add(DisasmCommand.Create());
        root.Subcommands.Add(CallersCommand.Create());
        root.Subcommands.Add(MapSitesCommand.Create());
        root.Subcommands.Add(EventsCommand.Create());
        root.Subcommands.Add(ExportCommand.Create());
        root.Subcommands.Add(ThreadsCommand.Create());
        root.Subcommands.Add(TraceCommand.Create());
        root.Subcommands.Add(SchedCommand.Create());
        root.Subcommands.Add(CoreCommand.Create());
        root.Subcommands.Add(GoroutinesCommand.Create());
        root.Subcommands.Add(GraphCommand.Create(options));
        root.Subcommands.Add(DiffCommand.Create());
        root.Subcommands.Add(McpCommand.Create());
        root.Subcommands.Add(DemoCommand.Create(options));
        root.Subcommands.Add(CompletionCommand.Create());
        root.Subcommands.Add(ManCommand.Create(root));
        root.Subcommands.Add(CompletionCommand.CreateWords(root));
        root.SetAction(arguments => PassThrough.Run(options, arguments));
        AddHelp(root, Examples);

        ParseResult result = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not HelpWithExamples)
            throw new UserErrorException(ExitCode.Usage, Explain(result, args));
        StreamWriter output = new(StandardStreams.OpenOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        if (result.CommandResult.Command is not RootCommand and var command && !s_waiting.Contains(command.Name, StringComparer.Ordinal) && !args.Contains("-", StringComparer.Ordinal))
            ActivityLine.Start($"faultline {command.Name}");
        try
        {
            int code = result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output });
            output.Flush();
            ActivityLine.Stop();
            return code;
        }
        catch (IOException) when (result.Action is HelpWithExamples)
        {
            // 'faultline --help | head': the reader has seen enough.
            return ExitCode.Ok;
        }
    }

    public static void AddHelp(Command command, string examples)
    {
        foreach (Option given in command.Options.Where(option => option is HelpOption).ToArray())
            command.Options.Remove(given);
        command.Options.Add(new HelpOption("--help", "-h") { Description = "Show this help.", Action = new HelpWithExamples(examples) });
    }

    /// <summary>What the help of a command shows below its options; null without help of our own.</summary>
    public static string? ExamplesOf(Command command) => command.Options.OfType<HelpOption>().Select(option => option.Action).OfType<HelpWithExamples>().FirstOrDefault()?.Examples;

    private static string Explain(ParseResult result, string[] args)
    {
        string command = result.CommandResult.Command is RootCommand ? "faultline" : $"faultline {result.CommandResult.Command.Name}";
        string advice = $"See '{command} --help'.";
        if (result.CommandResult.Command is RootCommand && result.UnmatchedTokens is [{ } first, ..] && !first.StartsWith('-'))
            return $"'{first}' is no command. To explain a crash log: 'faultline diagnose {string.Join(' ', args)}'. {advice}";
        if (result.UnmatchedTokens is [{ } unknown, ..])
            return unknown.StartsWith('-') ? $"unknown option '{unknown}'. {advice}" : $"'{unknown}' is one argument too many. {advice}";
        return $"{result.Errors[0].Message.TrimEnd('.')}. {advice}";
    }

    private sealed class HelpWithExamples(string examples) : SynchronousCommandLineAction
    {
        private readonly HelpAction _help = new() { MaxWidth = 80 };

        public string Examples => examples;

        public override int Invoke(ParseResult parseResult)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            using StringWriter text = new() { NewLine = "\n" };
            parseResult.InvocationConfiguration.Output = text;
            int code = _help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;

            foreach (string line in text.ToString().TrimEnd().Split('\n'))
                output.Write(line.TrimEnd() + "\n");
            output.Write("\n" + examples + "\n");
            return code;
        }
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using System.Text;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline man</c>: the manual page, made from the commands themselves, so that it says what they say.</summary>
internal static class ManCommand
{
    private const string Examples =
        """
        Examples:
          faultline man | man -l -
          faultline man > /usr/local/share/man/man1/faultline.1
        """;

    public static Command Create(RootCommand root)
    {
        Command command = new("man", "Print the manual page.");
        command.SetAction(_ =>
        {
            using Stream output = StandardStreams.OpenOutput();
            output.Write(Encoding.UTF8.GetBytes(Page(root)));
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static string Page(RootCommand root)
    {
        string version = typeof(ExitCode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
        StringBuilder page = new();
        page.Append(".TH FAULTLINE 1 \"\" \"faultline ").Append(Escape(version)).Append("\" \"User Commands\"\n");
        page.Append(".SH NAME\nfaultline \\- which goroutines collided in a Go program that died\n");
        page.Append(".SH SYNOPSIS\n.B faultline\n[\\fICOMMAND\\fR] [\\fIOPTION\\fR ...] [\\fIINPUT\\fR ...]\n");
        page.Append(".SH DESCRIPTION\n").Append(Line(root.Description)).Append('\n');
        page.Append(".SH OPTIONS\n");
        AddOptions(page, root);
        AddExamples(page, root);
        page.Append(".SH COMMANDS\n");
        foreach (Command command in root.Subcommands.Where(command => !command.Hidden))
            AddCommand(page, command);
        return page.ToString();
    }

    private static void AddCommand(StringBuilder page, Command command)
    {
        page.Append(".SS faultline ").Append(Escape(command.Name));
        foreach (Argument argument in command.Arguments)
            page.Append(' ').Append(Escape(argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name)).Append(argument.Arity.MaximumNumberOfValues > 1 ? " ..." : "");
        page.Append('\n').Append(Line(command.Description)).Append('\n');
        foreach (Argument argument in command.Arguments)
            Add(page, $"\\fI{Escape(argument.Name)}\\fR", argument.Description);
        AddOptions(page, command);
        AddExamples(page, command);
    }

    private static void AddOptions(StringBuilder page, Command command)
    {
        foreach (Option option in command.Options.Where(option => !option.Hidden).OrderBy(option => option is HelpOption or VersionOption))
        {
            string names = string.Join(", ", option.Aliases.Append(option.Name).Distinct(StringComparer.Ordinal).OrderBy(name => name.Length).Select(name => $"\\fB{Escape(name)}\\fR"));
            Add(page, option.HelpName is { } value ? $"{names} \\fI{Escape(value)}\\fR" : names, option.Description);
        }
    }

    private static void AddExamples(StringBuilder page, Command command)
    {
        if (CommandLine.ExamplesOf(command) is not { Length: > 0 } examples)
            return;
        page.Append(".PP\n.nf\n");
        foreach (string line in examples.Split('\n'))
            page.Append(Line(line.TrimEnd())).Append('\n');
        page.Append(".fi\n");
    }

    private static void Add(StringBuilder page, string head, string? text) => page.Append(".TP\n").Append(head).Append('\n').Append(Line(text)).Append('\n');

    /// <summary>A line of text, whatever it begins with.</summary>
    private static string Line(string? text) => text is null or "" ? "\\&" : (text[0] is '.' or '\'' ? "\\&" : "") + Escape(text.ReplaceLineEndings(" "));

    private static string Escape(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("~", "\\(ti", StringComparison.Ordinal).Replace("^", "\\(ha", StringComparison.Ordinal).Replace("`", "\\(ga", StringComparison.Ordinal);
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Faultline.Diagnosis.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>The options that <c>diagnose</c> and the pipe mode share, and their values after parsing.</summary>
internal sealed class DiagnoseOptions
{
    private readonly Option<string?> _binary = new("--binary", "-b")
    {
        HelpName = "PATH",
        Description = "The program that crashed. Gives exact instructions, types and candidate lines.",
    };

    private readonly Option<string[]> _sourcePaths = new("--source-path")
    {
        HelpName = "OLD=NEW",
        Description = "Show sources that were compiled under OLD from NEW instead. May be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<ReportFormat?> _format = Choice<ReportFormat?>(
        "--format",
        "FORMAT",
        "'text' (default) for people, 'json' and 'ndjson' for programs, 'html' for a page of its own (with -o), 'md' for issues and chats, 'sarif' for code scanning, 'junit' and 'github' for CI, 'dot' and 'mermaid' for pictures.",
        [.. ReportFormat.All.Select(format => (format.Name, (ReportFormat?)format))]);

    private readonly Option<Confidence?> _failOn = Choice<Confidence?>(
        "--fail-on",
        "LEVEL",
        "Exit with 3 when a verdict is at least this sure: confirmed, probable or possible.",
        ("confirmed", Confidence.Confirmed),
        ("probable", Confidence.Probable),
        ("possible", Confidence.Possible));

    private readonly Option<bool> _redact = new("--redact")
    {
        Description = "Hash paths, strings, hosts and addresses in the report, in any format, so that it can be shared.",
    };

    private readonly Option<string?> _redactionKey = new("--redact-key")
    {
        HelpName = "KEY",
        Description = "The same with hashes that are the same for the same KEY; without it they are of this run only.",
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        HelpName = "FILE",
        Description = "Write the report to FILE, whole or not at all.",
    };

    private readonly Option<ColorChoice> _color = Choice(
        "--color",
        "WHEN",
        "Colours: 'auto' (default: on a terminal, unless NO_COLOR is set), 'always' or 'never'.",
        ("auto", ColorChoice.Auto),
        ("always", ColorChoice.Always),
        ("never", ColorChoice.Never));

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_binary, _sourcePaths, _format, _redact, _redactionKey, _failOn, _output, _color])
            command.Options.Add(option);
    }

    /// <summary>Adds only what says which program it was and where its sources are.</summary>
    public void AddProgramTo(Command command)
    {
        command.Options.Add(_binary);
        command.Options.Add(_sourcePaths);
    }

    /// <summary>Adds only what shapes the output.</summary>
    public void AddReportOptionsTo(Command command)
    {
        foreach (Option option in (Option[])[_format, _redact, _redactionKey, _output, _color])
            command.Options.Add(option);
    }

    /// <summary>Adds only how a report looks, for commands whose <c>--output</c> is another.</summary>
    public void AddFormatTo(Command command)
    {
        foreach (Option option in (Option[])[_format, _redact, _redactionKey, _color])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            // Told before the program runs: afterwards the report would have nowhere to go.
            if (result.GetResult(_format) is { } given && !given.Errors.Any() && given.GetValue(_format) == ReportFormat.Html)
                result.AddError("--format html needs a file of its own. Make the page from what is kept: faultline diagnose RECORDING --format html -o report.html");
        });
    }

    /// <summary>Adds only what hides and colours, for commands with formats of their own.</summary>
    public void AddLookTo(Command command)
    {
        foreach (Option option in (Option[])[_redact, _redactionKey, _color])
            command.Options.Add(option);
    }

    public string? Binary(ParseResult arguments) => arguments.GetValue(_binary);

    public Confidence? FailOn(ParseResult arguments) => arguments.GetValue(_failOn);

    /// <param name="arguments">What was given.</param>
    /// <param name="isShared">Standard output is that of the program that is watched.</param>
    public ReportSink Sink(ParseResult arguments, bool isShared = false) =>
        new ReportSink(arguments.GetValue(_format) ?? ReportFormat.Text, arguments.GetValue(_output), arguments.GetValue(_color))
        {
            IsRedacted = arguments.GetValue(_redact) || arguments.GetValue(_redactionKey) is not null,
            RedactionKey = arguments.GetValue(_redactionKey),
        }.Checked(isShared);

    public IReadOnlyList<KeyValuePair<string, string>> SourcePaths(ParseResult arguments)
    {
        List<KeyValuePair<string, string>> paths = [];
        foreach (string given in arguments.GetValue(_sourcePaths) ?? [])
        {
            int split = given.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
                throw new UserErrorException(ExitCode.Usage, $"--source-path wants OLD=NEW, not '{given}'. Example: --source-path /build/src=/home/me/src");
            paths.Add(new(given[..split], given[(split + 1)..]));
        }

        return paths;
    }

    // Not given means the default of T: the enums begin with their default.
    public static Option<T> Choice<T>(string name, string helpName, string description, params (string Name, T Value)[] choices)
    {
        Option<T> option = new(name)
        {
            HelpName = helpName,
            Description = description,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Parse(result, name, choices),
        };
        // The library would offer the names of enum members.
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. choices.Select(choice => choice.Name)]);
        return option;
    }

    /// <summary>A whole number that is not negative.</summary>
    public static Option<long?> Number(string name, string helpName, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string given = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            if (long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                return value;
            result.AddError($"{name} wants a number, not '{given}'.");
            return null;
        },
    };

    private static T Parse<T>(ArgumentResult result, string name, (string Name, T Value)[] choices)
    {
        string given = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        foreach ((string choice, T value) in choices)
        {
            if (choice == given)
                return value;
        }

        result.AddError($"{name} wants one of {string.Join(", ", choices.Select(choice => choice.Name))}, not '{given}'.");
        return default!;
    }
}

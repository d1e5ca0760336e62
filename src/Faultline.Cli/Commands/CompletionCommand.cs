using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline completion</c>: scripts for shells. They ask the hidden command below for words, so that they never differ from the command line.</summary>
internal static class CompletionCommand
{
    private const string WordsName = "__complete";

    private const string Examples =
        """
        Examples:
          source <(faultline completion bash)                                for this bash
          faultline completion bash > ~/.local/share/bash-completion/completions/faultline
          faultline completion zsh > ~/.zfunc/_faultline                     a folder of $fpath
          faultline completion fish > ~/.config/fish/completions/faultline.fish
        """;

    private const string Bash =
        """
        # bash completion for faultline
        _faultline() {
          local IFS=$'\n'
          COMPREPLY=($("$1" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null | cut -f 1))
        }
        complete -o default -F _faultline faultline

        """;

    private const string Zsh =
        """
        #compdef faultline
        _faultline() {
          local -a lines found shown
          local line
          lines=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2> /dev/null)}")
          for line in "${lines[@]}"; do
            [[ -n $line ]] || continue
            found+=("${line%%$'\t'*}")
            shown+=("${line/$'\t'/  -- }")
          done
          if (( ${#found} )); then compadd -l -d shown -a found; else _files; fi
        }
        if [[ ${funcstack[1]} == _faultline ]]; then _faultline "$@"; else compdef _faultline faultline; fi

        """;

    private const string Fish =
        """
        # fish completion for faultline
        complete -c faultline -a '(set -l words (commandline -opc); $words[1] __complete -- $words[2..] (commandline -ct) 2> /dev/null)'

        """;

    public static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "'bash', 'zsh' or 'fish'." };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("bash" or "zsh" or "fish") } other, ..])
                result.AddError($"completion knows bash, zsh and fish, not '{other.Value}'.");
        });
        Command command = new("completion", "Print a script that completes commands, options and their values in a shell.") { shell };
        command.SetAction(arguments =>
        {
            using Stream output = StandardStreams.OpenOutput();
            output.Write(Encoding.UTF8.GetBytes(arguments.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    /// <summary>Takes the words up to the cursor and prints what can stand for the last one, a line each: word and, behind a tab, what it is. Nothing means that a file can.</summary>
    public static Command CreateWords(RootCommand root)
    {
        Argument<string[]> words = new("WORD") { Arity = ArgumentArity.ZeroOrMore };
        Command command = new(WordsName, "Words for shells.") { words };
        command.Hidden = true;
        command.SetAction(arguments =>
        {
            string[] given = arguments.GetValue(words) ?? [];
            string last = given is [.., { } word] ? word : "";
            StringBuilder text = new();
            foreach (CompletionItem item in Find(root, given, last))
                text.Append(item.Label).Append(FirstSentence(item.Detail) is { Length: > 0 } said ? "\t" + said : "").Append('\n');
            using Stream output = StandardStreams.OpenOutput();
            output.Write(Encoding.UTF8.GetBytes(text.ToString()));
            return ExitCode.Ok;
        });
        return command;
    }

    private static IEnumerable<CompletionItem> Find(RootCommand root, string[] given, string last)
    {
        string line = string.Join(' ', given.Select(Quote));
        ParseResult parsed = root.Parse(line);
        // Behind a word that is no command nothing is known.
        if (parsed.UnmatchedTokens.Any(token => token != last))
            return [];
        return parsed.GetCompletions(line.Length)
            .Where(item => item.Label.StartsWith(last, StringComparison.Ordinal) && (last.StartsWith('-') || !item.Label.StartsWith('-')))
            .Where(item => item.Label is not ("-?" or "/?" or "/h") && item.Label != WordsName)
            .DistinctBy(item => item.Label, StringComparer.Ordinal);
    }

    private static string Quote(string word) => word.Length > 0 && !word.Contains(' ', StringComparison.Ordinal) ? word : word.Length == 0 ? "" : $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string FirstSentence(string? text)
    {
        string line = (text ?? "").ReplaceLineEndings(" ").Replace('\t', ' ');
        int end = line.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? line.TrimEnd('.') : line[..end];
    }
}

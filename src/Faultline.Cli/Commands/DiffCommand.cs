using System.CommandLine;
using Faultline.Cli.Cores;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline diff</c>: which goroutines became more between two dumps.</summary>
internal static class DiffCommand
{
    private const string Examples =
        """
        Examples:
          faultline diff before.log after.log
          faultline diff monday.core friday.core --binary ./app
          faultline diff dump.log 4711 --top 5

        Goroutines are counted by state and by the program's own frames, so a log can be
        compared with a core or a running process. Places with the largest growth come
        first: what grows from dump to dump and never shrinks is a leak.
        """;

    public static Command Create()
    {
        Argument<string> before = new("DUMP1") { Description = "The earlier one: a log with a traceback, a core, a bundle, or the id of a process." };
        Argument<string> after = new("DUMP2") { Description = "The later one." };
        Option<string?> binary = new("--binary", "-b") { HelpName = "PATH", Description = "The program; searched for when a core names it." };
        Option<bool> force = new("--force") { Description = "Go on with a binary of another build than the core's." };
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Option<long?> top = new("--top") { HelpName = "N", Description = "Print at most N places of each kind." };
        Command command = new("diff", "Compare the goroutines of two dumps: places that grew, that are new, that shrank, that are gone.") { before, after, binary, force, format, top };
        command.SetAction(arguments =>
        {
            GoroutineDump first = GoroutineDump.Read(arguments.GetValue(before)!, arguments.GetValue(binary), arguments.GetValue(force));
            GoroutineDump second = GoroutineDump.Read(arguments.GetValue(after)!, arguments.GetValue(binary), arguments.GetValue(force));
            CoreOutput.Write(arguments.GetValue(format), "diff", output => Write(first, second, output, arguments.GetValue(top) is { } most ? (int)Math.Clamp(most, 0, int.MaxValue) : int.MaxValue));
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static void Write(GoroutineDump before, GoroutineDump after, ICoreOutput output, int top)
    {
        Dictionary<GoroutinePlace, long> first = before.CountPlaces();
        Dictionary<GoroutinePlace, long> second = after.CountPlaces();
        output.Text("before", before.Source);
        output.Text("after", after.Source);
        output.Number("goroutinesBefore", first.Values.Sum());
        output.Number("goroutinesAfter", second.Values.Sum());
        List<(GoroutinePlace Place, long Before, long After)> changes =
        [
            .. first.Keys.Concat(second.Keys).Distinct()
                .Select(place => (Place: place, Before: first.GetValueOrDefault(place), After: second.GetValueOrDefault(place)))
                .Where(change => change.Before != change.After)
                .OrderByDescending(change => Math.Abs(change.After - change.Before)).ThenBy(change => change.Place.Frames[0].Function, StringComparer.Ordinal).ThenBy(change => change.Place.Frames[0].Line),
        ];
        Write("grown", changes.Where(change => change.Before > 0 && change.After > change.Before));
        Write("new", changes.Where(change => change.Before == 0));
        Write("shrunk", changes.Where(change => change.After > 0 && change.After < change.Before));
        Write("gone", changes.Where(change => change.After == 0));

        void Write(string name, IEnumerable<(GoroutinePlace Place, long Before, long After)> places)
        {
            List<(GoroutinePlace Place, long Before, long After)> all = [.. places];
            output.OpenList(name, all.Count);
            foreach ((GoroutinePlace place, long was, long @is) in all.Take(top))
            {
                output.OpenItem();
                output.Number("before", was);
                output.Number("after", @is);
                output.Text("state", place.State);
                output.Frames("frames", place.Frames.Select(frame => new ViewFrame(frame.Function, frame.File, frame.Line, null, Inlined: false)));
                output.CloseItem();
            }

            output.CloseList();
        }
    }
}

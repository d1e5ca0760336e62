using System.CommandLine;
using System.Text;
using Faultline.Capture.Bundles;
using Faultline.Cli.Cores;
using Faultline.Cli.Symbolizing;
using Faultline.Diagnosis.Memory;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Maps;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline core</c>: what a core holds, down to maps, channels and locks.</summary>
internal static class CoreCommand
{
    private const string Examples =
        """
        What to show, after the files (an overview without any):
          goroutines               one a line; -t with stacks
          stack ID                 one goroutine
          traceback                all goroutines in the words of the Go runtime
          maps                     maps in package-level variables
          map ADDR [TYPE]          header, tables and entries; --graph draws it
          chan ADDR                buffer and waiters
          slice ADDR [TYPE]        who else shares its array
          sync ADDR [KIND]         mutex, rwmutex, waitgroup, cond or once
          syncmap ADDR             a sync.Map
          type NAME                a type's size and fields
          locks                    locks that goroutines wait for, and who may hold them
          who ADDR                 what keeps an object alive
          leaks                    goroutines that nothing can wake any more
          read ADDR TYPE           a value
        ADDR may be a package-level variable, such as main.cache, if the binary has symbols.

        Examples:
          faultline core ./app core.1234
          faultline core ./app core.1234 goroutines -with userloc main.worker -t
          faultline core ./app core.1234 goroutines -group goloc
          faultline core ./app core.1234.zst map 0xc00006c450 'map[string]int'
          faultline core ./app core.1234 leaks --format json
          faultline core bundle/ locks
        """;

    public static Command Create()
    {
        Argument<string[]> words = new("FILES AND VIEW") { Arity = ArgumentArity.OneOrMore, Description = "[BINARY] CORE [VIEW [ARGUMENTS]]; the binary is searched for when it is not given. A bundle of 'faultline catch' has both." };
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Option<bool> force = new("--force") { Description = "Go on with a binary of another build: nothing it says can be trusted." };
        Option<bool> stacks = new("--stacks", "-t") { Description = "Print the stacks of goroutines." };
        Option<string[]> with = Words("--with", "-with", "Only goroutines that match: curloc|userloc|goloc|startloc TEXT, label KEY[=VALUE], running, user.");
        Option<string[]> without = Words("--without", "-without", "Leave those out.");
        Option<string[]> group = Words("--group", "-group", "Count goroutines by curloc, userloc, goloc, startloc, running, user or label KEY.");
        Option<string?> graph = DiagnoseOptions.Choice<string?>("--graph", "KIND", "Draw a map's buckets: 'mermaid' or 'dot'.", ("mermaid", "mermaid"), ("dot", "dot"));
        Option<long?> top = new("--top") { HelpName = "N", Description = "Print at most N items." };
        Option<long> skip = new("--skip") { HelpName = "N", Description = "Leave out the first N items." };
        Command command = new("core", "Look into a core dump: goroutines, maps, channels, locks, who holds what, who is stuck.") { words, format, force, stacks, with, without, group, graph, top, skip };
        command.SetAction(arguments => Run(arguments.GetValue(words)!, Caller.Shell, new CoreView
        {
            Format = arguments.GetValue(format),
            IsForced = arguments.GetValue(force),
            HasStacks = arguments.GetValue(stacks),
            With = GoroutineFilter.Parse("--with", arguments.GetValue(with) ?? []),
            Without = GoroutineFilter.Parse("--without", arguments.GetValue(without) ?? []),
            Group = arguments.GetValue(group) is { Length: > 0 } given ? GoroutineFilter.ParseGroup(given) : null,
            Graph = arguments.GetValue(graph),
            Top = arguments.GetValue(top) is { } most ? Math.Clamp(most, 0, int.MaxValue) : null,
            Skip = Math.Clamp(arguments.GetValue(skip), 0, int.MaxValue),
        }));
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    /// <summary>Shows one view.</summary>
    /// <param name="words">Core and binary, in either order, the view, and its arguments.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="view">How it is to look.</param>
    /// <exception cref="UserErrorException">It is not there, or was asked for in the wrong way.</exception>
    public static int Run(string[] words, Caller caller, CoreView view)
    {
        using BundleInput? bundle = words.Take(2).FirstOrDefault(Bundle.IsBundle) is { } path ? BundleInput.Open(path) : null;
        (string corePath, string? binaryPath, int used) = Files(bundle is null ? words : [.. words.Select(word => Bundle.IsBundle(word) ? bundle.CorePath ?? throw NoMemory(word) : word)]);
        binaryPath ??= bundle?.BinaryPath;
        string[] rest = words[used..];
        string verb = rest.Length > 0 ? rest[0] : "overview";
        using CoreSession core = CoreSession.Open(corePath, binaryPath, view.IsForced, caller);
        if (verb == "map" && view.Graph is { } kind)
            return Draw(core, rest, kind == "mermaid", caller);
        if (verb == "traceback")
            return Print(core, rest, caller);
        CoreOutput.Write(view.Format, verb, Choose(core, rest, view), caller);
        caller.TellAll(core.Diagnostics);
        return ExitCode.Ok;
    }

    private static int Draw(CoreSession core, string[] rest, bool isMermaid, Caller caller)
    {
        GoMap map = new ObjectViews(core, new CoreText(TextWriter.Null)).Map(AddressOf(core, rest), At(rest, 2), 0, 0);
        using StringWriter picture = new();
        MapGraph.Write(map, isMermaid, picture);
        try
        {
            using Stream output = caller.OpenOutput();
            output.Write(Encoding.UTF8.GetBytes(picture.ToString()));
        }
        catch (IOException)
        {
            // Nobody reads on.
        }

        return ExitCode.Ok;
    }

    private static int Print(CoreSession core, string[] rest, Caller caller)
    {
        if (rest.Length > 1)
            throw new UserErrorException(ExitCode.Usage, $"'{rest[1]}' is one argument too many for 'traceback'. See 'faultline core --help'.");
        try
        {
            using Stream stream = caller.OpenOutput();
            using StreamWriter output = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024);
            MemoryRaiser? raiser = MemoryRaiser.Find(core.State);
            MemoryTraceback.Write(core.State, output, raiser?.Message, raiser?.Goroutine);
        }
        catch (IOException)
        {
            // Nobody reads on.
        }

        caller.TellAll(core.Diagnostics);
        return ExitCode.Ok;
    }

    private static Action<ICoreOutput> Choose(CoreSession core, string[] rest, CoreView view)
    {
        string verb = rest.Length > 0 ? rest[0] : "overview";
        int most = verb switch { "map" or "slice" or "sync" or "read" => 3, "stack" or "chan" or "syncmap" or "type" or "who" => 2, _ => 1 };
        if (rest.Length > most)
            throw new UserErrorException(ExitCode.Usage, $"'{rest[most]}' is one argument too many for '{verb}'. See 'faultline core --help'.");
        switch (verb)
        {
            case "overview":
                return output => new GoroutineViews(core, output).Overview();
            case "goroutines":
                IEnumerable<Goroutine> chosen = core.State.Goroutines.Where(goroutine =>
                    view.With.All(filter => filter.Lets(core, goroutine)) && !view.Without.Any(filter => filter.Lets(core, goroutine)));
                return view.Group is { } group
                    ? output => new GoroutineViews(core, output).Groups(chosen, group, view.Skip, view.Top)
                    : output => new GoroutineViews(core, output).List(chosen, view.HasStacks, view.Skip, view.Top);
            case "stack":
                ulong id = ulong.TryParse(At(rest, 1), out ulong number) ? number : throw new UserErrorException(ExitCode.Usage, "'stack' wants the number of a goroutine.");
                return output => new GoroutineViews(core, output).Stack(id);
            case "maps":
                return output => new ObjectViews(core, output).Maps(view.Skip, view.Top);
            case "map":
                ulong map = AddressOf(core, rest);
                return output => new ObjectViews(core, output).Map(map, At(rest, 2), view.Skip, view.Top);
            case "chan":
                ulong channel = AddressOf(core, rest);
                return output => new ObjectViews(core, output).Channel(channel);
            case "slice":
                ulong slice = AddressOf(core, rest);
                return output => new ObjectViews(core, output).Slice(slice, At(rest, 2));
            case "sync":
                ulong sync = AddressOf(core, rest);
                return output => new LockViews(core, output).Sync(sync, At(rest, 2));
            case "syncmap":
                ulong syncMap = AddressOf(core, rest);
                return output => new ObjectViews(core, output).SyncMap(syncMap, view.Skip, view.Top);
            case "type":
                string name = At(rest, 1) ?? throw new UserErrorException(ExitCode.Usage, "'type' wants the name of a type, such as 'main.server'.");
                return output => new ObjectViews(core, output).Type(name);
            case "locks":
                return output => new LockViews(core, output).Locks();
            case "who":
                ulong held = AddressOf(core, rest);
                return output => new HeapViews(core, output).Holders(held, view.Top);
            case "leaks":
                return output => new HeapViews(core, output).Leaks(view.Skip, view.Top);
            case "read":
                ulong address = AddressOf(core, rest);
                string type = At(rest, 2) ?? throw new UserErrorException(ExitCode.Usage, "'read' wants an address and a type, such as 'read 0xc000012345 main.server'.");
                return output => new ObjectViews(core, output).Value(address, type);
            default:
                throw new UserErrorException(ExitCode.Usage, $"'{verb}' is nothing that can be shown of a core. See 'faultline core --help'.");
        }
    }

    /// <summary>Core and binary come first, in either order; told apart by content.</summary>
    private static (string Core, string? Binary, int Used) Files(string[] words)
    {
        if (CoreFile.IsCore(words[0]))
            return words.Length > 1 && IsBinary(words[1]) ? (words[0], words[1], 2) : (words[0], null, 1);
        if (words.Length > 1 && CoreFile.IsCore(words[1]))
            return (words[1], words[0], 2);
        string suspect = words.Length > 1 && IsBinary(words[0]) ? words[1] : words[0];
        using (InputFile.Open(suspect))
        {
        }

        throw new UserErrorException(ExitCode.BadData, IsBinary(suspect)
            ? $"'{suspect}' is a program; give its core dump as well: 'faultline core {suspect} CORE'."
            : $"'{suspect}' is no core dump (ELF core, as it is or packed with gzip, zstd or xz).");
    }

    private static bool IsBinary(string path)
    {
        if (!File.Exists(path))
            return false;
        using InputFile file = InputFile.Open(path);
        return file.Kind == InputKind.Binary;
    }

    private static UserErrorException NoMemory(string bundle) =>
        new(ExitCode.BadData, $"'{bundle}' holds no memory of the program: it was recorded, not caught. 'faultline diagnose {bundle}' explains it, 'faultline events {bundle}' shows what was recorded.");

    private static string? At(string[] words, int index) => index < words.Length ? words[index] : null;

    private static ulong AddressOf(CoreSession core, string[] words)
    {
        string place = At(words, 1) ?? throw new UserErrorException(ExitCode.Usage, $"'{words[0]}' wants a hexadecimal address or a package-level variable, such as 'main.cache'.");
        if (LocationQuery.TryParseAddress(place, out ulong address))
            return address;
        if (!place.Contains('.', StringComparison.Ordinal))
            throw new UserErrorException(ExitCode.Usage, $"'{words[0]}' wants a hexadecimal address or a package-level variable, such as 'main.cache', not '{place}'.");
        return words[0] is "map" or "chan" ? CoreVariable.TargetOf(core, place) : CoreVariable.AddressOf(core, place);
    }

    private static Option<string[]> Words(string name, string alias, string description) =>
        new(name, alias) { HelpName = "WHAT", Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
}

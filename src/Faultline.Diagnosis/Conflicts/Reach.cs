using Faultline.Binaries.Code;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>Which of the write lines a goroutine's code can come to, by where it was started and where it stands.</summary>
internal sealed class Reach(ProgramImage image, IReadOnlyList<WriteLine> lines, GoroutineTrace victim)
{
    private readonly Dictionary<ulong, IReadOnlyList<WriteLine>> _byEntry = [];
    private readonly Dictionary<StackTrace, IReadOnlyList<WriteLine>?> _byStack = new(ReferenceEqualityComparer.Instance);
    private Dictionary<ulong, GoStatement>? _statements;

    /// <summary>Lines that a goroutine with this stack can have run, those in functions on the stack first; null when its code cannot be followed.</summary>
    public IReadOnlyList<WriteLine>? LinesOf(StackTrace stack)
    {
        if (_byStack.TryGetValue(stack, out var known))
            return known;
        var found = FindLines(stack);
        _byStack.Add(stack, found);
        return found;
    }

    private List<WriteLine>? FindLines(StackTrace stack)
    {
        var entries = EntriesOf(stack).ToList();
        if (entries.Count == 0)
            return null;
        var past = new Past(image, this, lines, victim.Stack.CreatedBy).LinesOf(stack);
        var reachable = entries.SelectMany(LinesFrom).Distinct().Where(line => past is null || past.Contains(line)).ToList();
        if (reachable.Count < 2)
            return reachable;
        var onStack = stack.Locations.Select(location => location.Function).ToList();
        return reachable
            .OrderByDescending(line => StackDepth(line, onStack))
            .ThenByDescending(line => line.Identity)
            .ToList();
    }

    /// <summary>The go statement that started goroutines with this stack; null when its creator was not printed or is not in the binary.</summary>
    public GoStatement? StatementOf(StackTrace stack)
    {
        if (stack.CreatedBy is not { } creator || image.Code is not { } code || image.FindAddress(creator) is not { } address)
            return null;
        _statements ??= code.GoStatements.GroupBy(statement => statement.ReturnAddress).ToDictionary(group => group.Key, group => group.First());
        return _statements.GetValueOrDefault(address);
    }

    public IReadOnlyList<WriteLine> LinesFrom(ulong entry)
    {
        if (_byEntry.TryGetValue(entry, out var known))
            return known;
        IReadOnlyList<WriteLine> found = [];
        if (image.Code is { } code)
        {
            var functions = code.ReachableFrom(entry);
            found = lines.Where(line => line.Functions.Any(functions.Contains)).ToList();
        }

        _byEntry.Add(entry, found);
        return found;
    }

    /// <summary>Inner frames count more: a line in the function that the goroutine is in right now is the likeliest.</summary>
    private static int StackDepth(WriteLine line, List<string> onStack)
    {
        for (var i = 0; i < onStack.Count; i++)
        {
            if (line.Sites.Any(site => site.Frames.Any(frame => PrintedName.Matches(onStack[i], frame.Function))))
                return onStack.Count - i;
        }

        return 0;
    }

    private IEnumerable<ulong> EntriesOf(StackTrace stack)
    {
        if (StatementOf(stack) is { Entry: not 0 } statement)
            return [statement.Entry];

        // The outermost function that the log shows is where the goroutine began, or as near to it as can be told.
        var locations = stack.Locations;
        for (var i = locations.Count - 1; i >= 0; i--)
        {
            if (GoPackage.IsRuntime(locations[i].Function) || locations[i].Kind is FrameKind.Elided or FrameKind.Cgo)
                continue;
            if (image.FindAddress(stack, i) is { } address && image.Binary!.TryFindFunction(address - locations[i].Offset.GetValueOrDefault(), out var function))
                return [function.Entry];
            return image.Binary is { } binary ? binary.FindFunctions(locations[i].Function).Select(candidate => candidate.Entry) : [];
        }

        return [];
    }
}

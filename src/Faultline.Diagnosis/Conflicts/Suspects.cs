using Faultline.Binaries.Code;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>A goroutine of the log whose code comes to a write of the map's type.</summary>
/// <param name="Goroutine">The goroutine.</param>
/// <param name="State">What it did at death.</param>
/// <param name="Lines">The write lines that its code comes to, likeliest first; empty only when it stands at one that its start does not explain.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="AtLine">The write line at which it stands; null when it stands elsewhere.</param>
/// <param name="IsOneOfMany">True when others that its go statement started can have written and ended.</param>
internal sealed record Suspect(
    GoroutineTrace Goroutine, GoroutineState State, IReadOnlyList<WriteLine> Lines, MapPosition Position, WriteLine? AtLine, bool IsOneOfMany);

/// <summary>All suspects of one map fault, and the facts that exclude everybody else.</summary>
internal sealed class Suspects
{
    private readonly Dictionary<ulong, int> _liveByStatement;

    private Suspects(IReadOnlyList<Suspect> all, bool isClosed, Dictionary<ulong, int> liveByStatement)
    {
        All = all;
        IsClosed = isClosed;
        _liveByStatement = liveByStatement;
    }

    /// <summary>How many goroutines of the log a go statement started, the victim included.</summary>
    public int CountStartedBy(GoStatement statement) => _liveByStatement.GetValueOrDefault(statement.ReturnAddress);

    /// <summary>Goroutines other than the victim that can come to a write line; those blocked for a minute or more are left out.</summary>
    public IReadOnlyList<Suspect> All { get; }

    /// <summary>
    /// True when nobody outside <see cref="All"/> can have written: every printed goroutine's code was followed, no go statement that comes
    /// to a write can have goroutines that ended, no write has an unknown type, and the log is whole.
    /// </summary>
    public bool IsClosed { get; }

    /// <summary>The one goroutine that can have written; null when there are several or when the circle is not closed.</summary>
    public Suspect? Sole => IsClosed && All.Count == 1 ? All[0] : null;

    public static Suspects Find(CrashReport report, GoroutineTrace victim, WriteLines lines, ProgramImage image, GoroutineStates states)
    {
        if (lines.Lines.Count == 0 || image.Code is not { } code)
            return new Suspects([], isClosed: false, []);

        var reach = new Reach(image, lines.Lines, victim);
        var positions = new Dictionary<StackTrace, (MapPosition Position, WriteLine? AtLine)>(ReferenceEqualityComparer.Instance);
        var live = new Dictionary<ulong, int>();
        var all = new List<Suspect>();
        var followed = true;
        var endings = new Dictionary<ulong, bool>();
        foreach (var goroutine in report.Goroutines)
        {
            var statement = reach.StatementOf(goroutine.Stack);
            if (statement is not null)
                live[statement.ReturnAddress] = live.GetValueOrDefault(statement.ReturnAddress) + 1;
            if (goroutine == victim || goroutine.Header.WaitMinutes >= 1)
                continue;
            if (reach.LinesOf(goroutine.Stack) is not { } reachable)
            {
                followed = false;
                continue;
            }

            if (!positions.TryGetValue(goroutine.Stack, out var standing))
            {
                var position = MapPosition.Of(goroutine, image);
                standing = (position, lines.Lines.FirstOrDefault(line => position.Site is { } site && line.Sites.Any(s => s.CallAddress == site.CallAddress)));
                positions.Add(goroutine.Stack, standing);
            }

            if (standing.AtLine is null && reachable.Count == 0)
                continue;
            // Stacks are shared, addresses in arguments are not: read them again for each goroutine that shows a map function.
            var own = standing.Position.MapFrame is null ? standing.Position : MapPosition.Of(goroutine, image);
            all.Add(new Suspect(goroutine, states.Of(goroutine), reachable, own, standing.AtLine, statement is not null && CanHaveEnded(statement)));
        }

        var ended = code.GoStatements.Any(statement => reach.LinesFrom(statement.Entry).Count > 0
            && (!live.ContainsKey(statement.ReturnAddress) || code.CanHaveEnded(statement)));
        var isClosed = followed && !ended && !lines.HasUntypedWrites && !report.IsTruncated && report.Goroutines.Count > 1;
        return new Suspects(all, isClosed, live);

        bool CanHaveEnded(GoStatement statement)
        {
            if (!endings.TryGetValue(statement.ReturnAddress, out var ending))
                endings.Add(statement.ReturnAddress, ending = code.CanHaveEnded(statement));
            return ending;
        }
    }
}

namespace Faultline.Evidence.Escapes;

/// <summary>Answers questions about places, variables and literals from the kept facts of a log. Immutable; safe to share.</summary>
public sealed class EscapeIndex
{
    private readonly List<EscapeFile> _files;

    public EscapeIndex(EscapeLog log)
    {
        Log = log;
        ILookup<string, EscapeFact> facts = log.Facts.ToLookup(fact => fact.Place.File, StringComparer.Ordinal);
        ILookup<string, EscapeExplanation> explanations = log.Explanations.ToLookup(explanation => explanation.Head.Place.File, StringComparer.Ordinal);
        _files = [.. facts.Select(group => group.Key).Union(explanations.Select(group => group.Key), StringComparer.Ordinal)
            .Select(file => new EscapeFile(file, [.. facts[file]], [.. explanations[file]]))];
    }

    public EscapeLog Log { get; }

    /// <summary>The variables that moved to the heap or that literals capture, in the order of the log.</summary>
    /// <param name="file">Whole or relative path; null for all files.</param>
    public IEnumerable<EscapeVariable> Variables(string? file = null) => FilesLike(file).SelectMany(known => known.Variables);

    /// <summary>Facts about a place, in the order of the log.</summary>
    /// <param name="file">Whole or relative path.</param>
    /// <param name="line">One-based.</param>
    /// <param name="column">One-based; null for all columns.</param>
    public IEnumerable<EscapeFact> FactsAt(string file, int line, int? column = null) => FilesLike(file)
        .SelectMany(known => known.Facts)
        .Where(fact => IsAt(fact.Place, line, column));

    /// <summary>Explanations of what stands at a place.</summary>
    public IEnumerable<EscapeExplanation> ExplanationsAt(string file, int line, int? column = null) => FilesLike(file)
        .SelectMany(known => known.Explanations)
        .Where(explanation => IsAt(explanation.Head.Place, line, column));

    /// <summary>Explanations of what stands elsewhere and flows through a place.</summary>
    public IEnumerable<EscapeExplanation> ExplanationsThrough(string file, int line, int? column = null) => Log.Explanations
        .Where(explanation => !(IsAt(explanation.Head.Place, line, column) && SourcePath.AreSame(explanation.Head.Place.File, file))
            && explanation.Steps.Any(step => IsAt(step.Place, line, column) && SourcePath.AreSame(step.Place.File, file)));

    /// <summary>The literal of that name, without its package, in a file of the log; null when the log names none so.</summary>
    public EscapeClosure? ClosureNamed(string file, string name) => _files.Find(known => known.Name == file)?.ClosureNamed(name);

    /// <summary>The literal of a function that a line of a file of the log lies in, if it lies in one; null when the log names none before it.</summary>
    public EscapeClosure? ClosureAround(string file, int line, string parent) =>
        _files.Find(known => known.Name == file)?.ClosureAround(new EscapePlace(file, line, int.MaxValue), parent);

    private IEnumerable<EscapeFile> FilesLike(string? file) => file is null ? _files : _files.Where(known => SourcePath.AreSame(known.Name, file));

    private static bool IsAt(EscapePlace place, int line, int? column) => place.Line == line && (column is not { } wanted || place.Column == wanted);
}

using System.Globalization;

namespace Faultline.Evidence.Escapes;

/// <summary>What is asked of a build log: a line, a variable, or a variable of a file.</summary>
/// <param name="File">Whole or relative path; null for all files.</param>
/// <param name="Line">One-based; null for all lines.</param>
/// <param name="Column">One-based; null for all columns.</param>
/// <param name="Variable">Name of a variable; null for all.</param>
public sealed record EscapeQuery(string? File, int? Line, int? Column, string? Variable)
{
    /// <summary>Reads <c>FILE:LINE</c> or <c>FILE:LINE:COL</c>; false for other texts.</summary>
    public static bool TryParse(string text, string? variable, out EscapeQuery query)
    {
        query = new EscapeQuery(null, null, null, variable);
        if (!TryTakeNumber(ref text, out int last))
            return false;
        string withLine = text;
        query = TryTakeNumber(ref withLine, out int line) ? new EscapeQuery(withLine, line, last, variable) : new EscapeQuery(text, last, null, variable);
        return query.File is { Length: > 0 };
    }

    public override string ToString()
    {
        string column = Column is { } at ? string.Create(CultureInfo.InvariantCulture, $":{at}") : "";
        string place = Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{File}:{line}{column}") : "";
        return Variable is null ? place : place.Length == 0 ? Variable : $"{Variable} at {place}";
    }

    private static bool TryTakeNumber(ref string text, out int number)
    {
        int colon = text.LastIndexOf(':');
        number = 0;
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number) || number == 0)
            return false;
        text = text[..colon];
        return true;
    }
}

/// <summary>All that a log says to a query.</summary>
public sealed record EscapeAnswer
{
    /// <summary>The variables that it is about.</summary>
    public required IReadOnlyList<EscapeVariable> Variables { get; init; }

    /// <summary>Facts about the place, or the variable.</summary>
    public required IReadOnlyList<EscapeFact> Facts { get; init; }

    /// <summary>Explanations of what stands there, or of the variable.</summary>
    public required IReadOnlyList<EscapeExplanation> Explanations { get; init; }

    /// <summary>Explanations of other things that flow through.</summary>
    public required IReadOnlyList<EscapeExplanation> Passing { get; init; }

    public bool IsEmpty => Variables.Count == 0 && Facts.Count == 0 && Explanations.Count == 0 && Passing.Count == 0;

    public static EscapeAnswer Find(EscapeIndex index, EscapeQuery query)
    {
        bool FitsPlace(EscapePlace place) => (query.File is not { } file || SourcePath.AreSame(place.File, file))
            && (query.Line is not { } line || place.Line == line) && (query.Column is not { } column || place.Column == column);
        bool FitsName(string name) => query.Variable is not { } wanted || name == wanted;
        bool Flows(EscapeExplanation explanation) => query.Variable is { } wanted && explanation.Flows.Any(flow => flow.Source == wanted || flow.Target == wanted);
        bool HasStep(EscapeExplanation explanation) => query.Line is not null && explanation.Steps.Any(step => FitsPlace(step.Place));

        List<EscapeVariable> variables = [.. index.Variables(query.File).Where(variable => FitsName(variable.Name) && (FitsPlace(variable.Declared) || variable.Captures.Any(capture => query.Variable is not null && FitsPlace(capture.Use))))];
        List<EscapeExplanation> explanations = [.. index.Log.Explanations.Where(explanation => FitsPlace(explanation.Head.Place) && FitsName(explanation.Head.Subject))];
        return new EscapeAnswer
        {
            Variables = variables,
            Facts = [.. index.Log.Facts.Where(fact => FitsPlace(fact.Place) && FitsName(fact.Subject))],
            Explanations = explanations,
            Passing = [.. index.Log.Explanations.Where(explanation => !(FitsPlace(explanation.Head.Place) && FitsName(explanation.Head.Subject))
                && (query.Line is null ? Flows(explanation) : HasStep(explanation) && (query.Variable is null || FitsName(explanation.Head.Subject) || Flows(explanation))))],
        };
    }
}

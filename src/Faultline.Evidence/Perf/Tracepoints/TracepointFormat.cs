namespace Faultline.Evidence.Perf.Tracepoints;

/// <summary>Layout of a tracepoint's raw data, from its <c>format</c> file in tracefs (<c>events/SYSTEM/NAME/format</c>) or the copy that a recording holds. Immutable.</summary>
public sealed class TracepointFormat
{
    private readonly Dictionary<string, TracepointField> _fields;

    internal TracepointFormat(string system, string name, uint id, IReadOnlyList<TracepointField> fields)
    {
        System = system;
        Name = name;
        Id = id;
        Fields = fields;
        _fields = new Dictionary<string, TracepointField>(fields.Count, StringComparer.Ordinal);
        foreach (TracepointField field in fields)
            _fields.TryAdd(field.Name, field);
    }

    /// <summary>Such as <c>sched</c>.</summary>
    public string System { get; }

    /// <summary>Such as <c>sched_switch</c>.</summary>
    public string Name { get; }

    /// <summary>Number of the event on the machine that recorded.</summary>
    public uint Id { get; }

    /// <summary>In the order of the file, the <c>common_</c> ones first.</summary>
    public IReadOnlyList<TracepointField> Fields { get; }

    /// <summary>The field of that name; null when the tracepoint has none.</summary>
    public TracepointField? FindField(string name) => _fields.GetValueOrDefault(name);

    /// <summary>Reads the text of a <c>format</c> file.</summary>
    /// <param name="system">The folder that it lies in, such as <c>sched</c>.</param>
    /// <returns>False when the text is no format file.</returns>
    public static bool TryParse(string system, ReadOnlySpan<char> text, out TracepointFormat format)
    {
        string? name = null;
        uint? id = null;
        List<TracepointField> fields = [];
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.StartsWith("name:"))
                name ??= trimmed[5..].Trim().ToString();
            else if (trimmed.StartsWith("ID:") && uint.TryParse(trimmed[3..].Trim(), out uint number))
                id ??= number;
            else if (trimmed.StartsWith("field:") && fields.Count < PerfLimits.FieldCount && FieldLine.TryParse(trimmed, out TracepointField? field))
                fields.Add(field);
            else if (trimmed.StartsWith("print fmt:"))
                break;
        }

        format = new TracepointFormat(system, name ?? "", id ?? 0, fields);
        return name is { Length: > 0 } && id is not null;
    }

    public override string ToString() => $"{System}:{Name}";
}

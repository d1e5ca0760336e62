using System.Globalization;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Incidents;

/// <summary>Collects the facts of one incident and numbers them; the same fact is entered once.</summary>
internal sealed class EvidenceBook(string logSource, string? binaryPath)
{
    private readonly List<EvidenceItem> _items = [];
    private readonly Dictionary<(string Source, long? Line, long? Offset, ulong? Address, string Text), int> _ids = [];

    public IReadOnlyList<EvidenceItem> Items => _items;

    public int AddLine(long line, string text) => Add(logSource, line, null, null, text);

    /// <summary>A fact read from the binary at a link-time address; the binary must be there.</summary>
    public int AddCode(ulong address, string text) => Add(binaryPath ?? "binary", null, null, address, text);

    /// <summary>A fact that a recording shows, at a time of its clock.</summary>
    public int AddMoment(string recording, ulong time, FormattableString text)
    {
        // Two facts of one moment and one text are one fact; the time is a key as an offset would be.
        var id = Add(recording, null, unchecked((long)time), null, FormattableString.Invariant(text));
        _items[id - 1] = _items[id - 1] with { Offset = null, Time = time };
        return id;
    }

    /// <summary>A fact read from the memory of a process, at an address of it.</summary>
    public int AddMemory(string source, ulong address, FormattableString text) => Add(source, null, null, address, FormattableString.Invariant(text));

    public int AddHeader(GoroutineTrace goroutine)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"goroutine {goroutine.Id} [{goroutine.Status}]");
        return AddLine(goroutine.Header.LogLine, goroutine.IsStackUnavailable ? text + ": running on other thread; stack unavailable" : text);
    }

    public int AddFrame(TracebackFrame frame)
        => AddLine(frame.LogLine, FrameText(frame.Location));

    public int AddCreation(Creation creation)
        => AddLine(creation.LogLine, "created by " + FrameText(creation.Location));

    private static string FrameText(FrameLocation location)
    {
        var offset = location.Offset is { } value && location.Kind == FrameKind.Go
            ? string.Create(CultureInfo.InvariantCulture, $" +0x{value:x}")
            : "";
        return location.File.Length == 0
            ? location.Function
            : string.Create(CultureInfo.InvariantCulture, $"{location.Function} {location.File}:{location.Line}{offset}");
    }

    private int Add(string source, long? line, long? offset, ulong? address, string text)
    {
        var key = (source, line, offset, address, text);
        if (_ids.TryGetValue(key, out var id))
            return id;
        id = _items.Count + 1;
        _items.Add(new EvidenceItem(id, source, line, offset, address, text));
        _ids.Add(key, id);
        return id;
    }
}

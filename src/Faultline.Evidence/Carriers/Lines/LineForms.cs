namespace Faultline.Evidence.Carriers.Lines;

/// <summary>Recognises what a line carries by its first bytes; most lines of a traceback are none of it after one look.</summary>
internal sealed class LineForms(RecordCount records)
{
    private readonly JsonRecord json = new(records);
    private readonly ScratchText syslog = new();

    /// <summary>Reads the outermost wrapping of a line that is not empty. What is read is valid until the next call.</summary>
    public bool TryRead(ReadOnlySpan<byte> line, out CarriedLine carried)
    {
        carried = default;
        byte first = line[0];
        return first switch
        {
            (byte)'{' => json.TryRead(line, out carried),
            (byte)'[' => PrefixForm.TryKubectl(line, out carried) || TryTimestamp(line, out carried),
            (byte)'<' => SyslogForm.TryPriority(line, syslog, out carried),
            >= (byte)'0' and <= (byte)'9' => TryTimestamp(line, out carried) || PrefixForm.TryCompose(line, out carried),
            (byte)'M' when PrefixForm.TryExport(line, out carried) => true,
            >= (byte)'A' and <= (byte)'Z' => PrefixForm.TryKlog(line, out carried) || TrySyslog(line, out carried) || TryTimestamp(line, out carried) || PrefixForm.TryCompose(line, out carried),
            >= (byte)'a' and <= (byte)'z' => PrefixForm.TryCompose(line, out carried),
            _ => false,
        };
    }

    private bool TryTimestamp(ReadOnlySpan<byte> line, out CarriedLine carried)
    {
        carried = default;
        var cursor = new Cursor(line);
        if (!TimestampForm.TryTake(ref cursor))
            return false;
        if (PrefixForm.TryCri(cursor.Rest, out carried) || SyslogForm.TryTag(cursor.Rest, syslog, needsProcess: true, out carried))
            return true;
        carried = new CarriedLine { Kind = CarrierKinds.Timestamp, Text = cursor.Rest };
        return true;
    }

    private bool TrySyslog(ReadOnlySpan<byte> line, out CarriedLine carried)
    {
        carried = default;
        var cursor = new Cursor(line);
        return TimestampForm.TryTakeSyslog(ref cursor) && SyslogForm.TryTag(cursor.Rest, syslog, needsProcess: false, out carried);
    }
}

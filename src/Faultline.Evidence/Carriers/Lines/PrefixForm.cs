namespace Faultline.Evidence.Carriers.Lines;

/// <summary>Prefixes of container tools and of loggers that are told by their shape.</summary>
internal static class PrefixForm
{
    private const int ComposeNameSize = 128;

    /// <summary><c>web-1  | text</c> as <c>docker compose logs</c> prints it.</summary>
    public static bool TryCompose(ReadOnlySpan<byte> line, out CarriedLine carried)
    {
        carried = default;
        int bar = line[..Math.Min(line.Length, ComposeNameSize)].IndexOf((byte)'|');
        if (bar < 3 || line[bar - 1] != ' ' || (bar + 1 < line.Length && line[bar + 1] != ' '))
            return false;
        ReadOnlySpan<byte> name = line[..bar].TrimEnd((byte)' ');
        foreach (byte value in name)
        {
            if (!IsNameByte(value))
                return false;
        }

        carried = new CarriedLine { Kind = CarrierKinds.Compose, Stream = name, Text = line[Math.Min(line.Length, bar + 2)..], IsApart = true };
        return !name.IsEmpty;
    }

    /// <summary><c>[pod/name/container] text</c> as <c>kubectl logs --prefix</c> prints it.</summary>
    public static bool TryKubectl(ReadOnlySpan<byte> line, out CarriedLine carried)
    {
        carried = default;
        if (!line.StartsWith("[pod/"u8))
            return false;
        int end = line.IndexOf((byte)']');
        if (end < 0 || end > CarrierLimits.NameSize * 2 || (end + 1 < line.Length && line[end + 1] != ' ') || line[..end].Contains((byte)' '))
            return false;
        carried = new CarriedLine { Kind = CarrierKinds.Kubectl, Stream = line[1..end], Text = line[Math.Min(line.Length, end + 2)..], IsApart = true };
        return true;
    }

    /// <summary><c>stderr F text</c> behind the time of a CRI line (the kubelet's log format).</summary>
    public static bool TryCri(ReadOnlySpan<byte> rest, out CarriedLine carried)
    {
        carried = default;
        if (!rest.StartsWith("stdout "u8) && !rest.StartsWith("stderr "u8))
            return false;
        ReadOnlySpan<byte> tags = rest["stdout "u8.Length..];
        if (tags.IsEmpty || tags[0] is not ((byte)'F' or (byte)'P'))
            return false;
        int end = tags.IndexOf((byte)' ');
        if (end < 0)
            end = tags.Length;
        if (end > 1 && tags[1] != ':')
            return false;
        carried = new CarriedLine
        {
            Kind = CarrierKinds.Cri,
            Stream = rest[..6],
            Text = tags[Math.Min(tags.Length, end + 1)..],
            IsPartial = tags[0] == 'P',
            IsApart = true,
        };
        return true;
    }

    /// <summary>
    /// <c>MESSAGE=text</c> of <c>journalctl -o export</c> (systemd, Journal Export Formats). Which unit wrote it may come before or after it, so
    /// all messages are one stream; those with control characters other than tabs are in binary form there (<see cref="ExportField"/>).
    /// </summary>
    public static bool TryExport(ReadOnlySpan<byte> line, out CarriedLine carried)
    {
        carried = new CarriedLine { Kind = CarrierKinds.JournalExport, IsApart = true };
        if (!line.StartsWith("MESSAGE="u8))
            return false;
        carried = carried with { Text = line["MESSAGE="u8.Length..] };
        return true;
    }

    /// <summary><c>I0102 15:04:05.678901   12345 file.go:12] text</c>.</summary>
    public static bool TryKlog(ReadOnlySpan<byte> line, out CarriedLine carried)
    {
        carried = default;
        var cursor = new Cursor(line) { Position = 1 };
        if (line[0] is not ((byte)'I' or (byte)'W' or (byte)'E' or (byte)'F') || !cursor.TakeDigits(4) || !cursor.Take((byte)' ')
            || !cursor.TakeDigits(2) || !cursor.Take((byte)':') || !cursor.TakeDigits(2) || !cursor.Take((byte)':'))
        {
            return false;
        }

        int end = cursor.Rest[..Math.Min(cursor.Rest.Length, 512)].IndexOf((byte)']');
        if (end < 0)
            return false;
        ReadOnlySpan<byte> text = cursor.Rest[(end + 1)..];
        carried = new CarriedLine { Kind = CarrierKinds.Klog, Text = text.StartsWith(" "u8) ? text[1..] : text };
        return true;
    }

    private static bool IsNameByte(byte value) =>
        value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'.' or (byte)'-';
}

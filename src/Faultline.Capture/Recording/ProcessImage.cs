using System.Globalization;
using Faultline.Binaries;
using Faultline.Binaries.Elf;

namespace Faultline.Capture.Recording;

/// <summary>The program that a process runs, by <c>/proc</c>.</summary>
internal static class ProcessImage
{
    /// <summary>
    /// The difference between run-time and link-time addresses, when the process runs this very file (by device and inode, so that another file of
    /// the same name is told apart); null when it does not, or is not to be looked at.
    /// </summary>
    /// <param name="binary">The program that was opened.</param>
    /// <param name="planned">Its file, as it was then: another may have its name by now.</param>
    public static ulong? FindLoadBias(int processId, GoBinary binary, FileIdentity? planned)
    {
        string exe = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/exe");
        if (FileIdentity.Of(exe) is not { } running || running != planned)
            return null;
        ElfSegment? first = binary.Elf.ProgramHeaders.Where(segment => segment.Type == ElfSegmentType.Load).Select(segment => (ElfSegment?)segment).FirstOrDefault();
        if (first is not { } segment)
            return null;
        try
        {
            foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps")))
            {
                // 00400000-00452000 r-xp 00000000 08:02 173521 /path
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length < 6 || fields[4] != running.Inode.ToString(CultureInfo.InvariantCulture))
                    continue;
                ulong start = ulong.Parse(fields[0].AsSpan(0, fields[0].IndexOf('-', StringComparison.Ordinal)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                ulong offset = ulong.Parse(fields[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                ulong page = (ulong)Environment.SystemPageSize;
                return start - (segment.Address - (segment.Address % page)) - (offset - ((ulong)segment.Offset - ((ulong)segment.Offset % page)));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            // It ended meanwhile.
        }

        return null;
    }
}

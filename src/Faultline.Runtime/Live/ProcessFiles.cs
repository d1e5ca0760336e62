using System.Buffers.Binary;
using System.Globalization;
using Faultline.Binaries;

namespace Faultline.Runtime.Live;

/// <summary>What <c>/proc/PID</c> says of a process. Each of these throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it is gone or not this user's.</summary>
public static class ProcessFiles
{
    private const ulong AuxiliaryEntry = 9;
    private const ulong PageMask = 4095;
    private const int FieldCount = 6;

    /// <summary>Real vectors have about 25 pairs of words.</summary>
    private const int AuxiliarySize = 4096;

    public static string Path(int processId, string name) => string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{name}");

    /// <summary>The kernel ids of its threads.</summary>
    public static IEnumerable<int> Threads(int processId) =>
        Directory.EnumerateDirectories(Path(processId, "task")).Select(folder => int.Parse(System.IO.Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture));

    /// <summary>Its mappings in address order.</summary>
    public static List<MemoryRange> Ranges(int processId)
    {
        var ranges = new List<MemoryRange>();
        foreach (var line in File.ReadLines(Path(processId, "maps")))
        {
            // 00400000-00452000 r-xp 00000000 08:02 173521   /path
            var fields = line.Split(' ', FieldCount, StringSplitOptions.RemoveEmptyEntries);
            var dash = fields[0].IndexOf('-', StringComparison.Ordinal);
            ranges.Add(new MemoryRange(
                Hex(fields[0].AsSpan(0, dash)), Hex(fields[0].AsSpan(dash + 1)), fields[1], (long)Hex(fields[2]),
                ulong.Parse(fields[4], CultureInfo.InvariantCulture), fields.Length == FieldCount ? fields[5].Trim() : ""));
        }

        return ranges;

        static ulong Hex(ReadOnlySpan<char> text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>The auxiliary vector as the kernel gave it to the process.</summary>
    public static byte[] Auxiliary(int processId)
    {
        using var file = new FileStream(Path(processId, "auxv"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var bytes = new byte[AuxiliarySize];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    /// <summary>Run-time address minus link-time address of its program; null when the vector does not fit that program.</summary>
    public static ulong? LoadBias(int processId, GoBinary binary)
    {
        if (!binary.IsPositionIndependent)
            return 0;
        ReadOnlySpan<byte> vector = Auxiliary(processId);
        for (; vector.Length >= 16; vector = vector[16..])
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(vector) != AuxiliaryEntry)
                continue;
            var bias = BinaryPrimitives.ReadUInt64LittleEndian(vector[8..]) - binary.Elf.EntryAddress;
            return (bias & PageMask) == 0 ? bias : null;
        }

        return null;
    }

    /// <summary>True for the process that has number 1 in its own namespace of processes: a container's first. False when it is gone.</summary>
    public static bool IsFirstOfNamespace(int processId)
    {
        try
        {
            return File.ReadLines(Path(processId, "status")).FirstOrDefault(line => line.StartsWith("NSpid:", StringComparison.Ordinal))?.Split('\t')[^1] is "1";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>False for a process that has ended, whether somebody has waited for it or not.</summary>
    public static bool IsAlive(int processId)
    {
        try
        {
            return File.ReadLines(Path(processId, "status")).FirstOrDefault(line => line.StartsWith("State:", StringComparison.Ordinal)) is { } state && !state.Contains('Z', StringComparison.Ordinal) && !state.Contains('X', StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A field of <c>status</c>, such as <c>TracerPid</c>; 0 when it is not there.</summary>
    public static int StatusNumber(int processId, string field)
    {
        foreach (var line in File.ReadLines(Path(processId, "status")))
        {
            if (line.StartsWith(field, StringComparison.Ordinal) && line.Length > field.Length && line[field.Length] == ':')
                return int.Parse(line.AsSpan(field.Length + 1), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        }

        return 0;
    }
}

using System.Buffers.Binary;
using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>
/// Finds the debug file that was split off a binary, where gdb looks for it: by GNU build id under each debug folder, then by the name
/// in <c>.gnu_debuglink</c> beside the binary, in <c>.debug</c> there, and under each debug folder. Only local files; a file counts only
/// if its build id or its checksum fits.
/// </summary>
/// <param name="Folders">Debug folders, in the order to be searched.</param>
public sealed record DebugFileSearch(IReadOnlyList<string> Folders)
{
    /// <summary>Where distributions install debug files.</summary>
    public static DebugFileSearch Default { get; } = new(["/usr/lib/debug"]);

    /// <summary>Whether a file may be opened; null allows all.</summary>
    public Func<string, bool>? IsAllowed { get; init; }

    /// <summary>A debug file that was fetched for the binary; it is used if its build id fits.</summary>
    public string? Fetched { get; init; }

    /// <summary>Path of the debug file; null when there is none that fits.</summary>
    public string? Find(ElfFile elf)
    {
        ArgumentNullException.ThrowIfNull(elf);
        if (elf.GnuBuildId is { Length: > 2 } id)
        {
            if (Fetched is not null && HasBuildId(Fetched, id))
                return Fetched;
            foreach (var folder in Folders)
            {
                var path = Path.Combine(folder, ".build-id", id[..2], id[2..] + ".debug");
                if (IsThere(path) && HasBuildId(path, id))
                    return path;
            }
        }

        if (!TryReadLink(elf, out var name, out var checksum))
            return null;
        var home = Path.GetDirectoryName(Path.GetFullPath(elf.Path)) ?? "/";
        string[] candidates =
        [
            Path.Combine(home, name),
            Path.Combine(home, ".debug", name),
            .. Folders.Select(folder => Path.Combine(folder, home.TrimStart('/'), name)),
            .. Folders.Select(folder => Path.Combine(folder, name)),
        ];
        return candidates.FirstOrDefault(path => IsThere(path) && Path.GetFullPath(path) != Path.GetFullPath(elf.Path) && HasChecksum(path, checksum));
    }

    private bool IsThere(string path) => File.Exists(path) && IsAllowed?.Invoke(path) != false;

    /// <summary>A file name, NUL bytes up to a multiple of four, and the CRC-32 of the file.</summary>
    private static bool TryReadLink(ElfFile elf, out string name, out uint checksum)
    {
        (name, checksum) = ("", 0);
        if (!elf.TryFindSection(".gnu_debuglink", out var section)
            || !elf.File.TrySlice(section.Offset, (long)Math.Min(section.FileSize, 4096), out var bytes))
        {
            return false;
        }

        var end = bytes.IndexOf((byte)0);
        var at = (end + 4) & ~3;
        if (end <= 0 || bytes.Length < at + 4)
            return false;
        name = Encoding.UTF8.GetString(bytes[..end]);
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

        // The name comes from the binary: it must not lead elsewhere.
        return !name.Contains('/', StringComparison.Ordinal) && name is not ("." or "..");
    }

    private static bool HasBuildId(string path, string id)
    {
        try
        {
            using var candidate = ElfFile.Open(path);
            return candidate.GnuBuildId == id;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool HasChecksum(string path, uint checksum)
    {
        try
        {
            using var file = MappedFile.Open(path);
            return Crc32.Of(file) == checksum;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

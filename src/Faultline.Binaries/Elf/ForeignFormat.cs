namespace Faultline.Binaries.Elf;

/// <summary>Says what a file is that is no ELF64 little-endian executable, so that the refusal helps.</summary>
internal static class ForeignFormat
{
    private const int ElfClassIndex = 4;
    private const int ElfDataIndex = 5;

    /// <summary>The rule that the first bytes of a file break; null for an ELF64 little-endian file.</summary>
    public static string? Describe(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
            return "the file is empty";
        if (start.StartsWith("\u007fELF"u8))
            return DescribeElf(start);
        if (start.StartsWith("MZ"u8))
            return "the file is a Windows executable (PE), only ELF is read";
        if (start.StartsWith("#!"u8))
            return "the file is a script, not a binary";
        if (start.StartsWith("!<arch>\n"u8) || start.StartsWith("!<thin>\n"u8))
            return "the file is an archive of object files, not an executable";
        if (IsCompressed(start))
            return "the file is compressed, unpack it first";
        if (IsMachO(start))
            return "the file is a macOS executable (Mach-O), only ELF is read";
        return "the file is no ELF file";
    }

    private static string? DescribeElf(ReadOnlySpan<byte> start)
    {
        if (start.Length <= ElfDataIndex)
            return "the ELF file ends inside its identification";
        if (start[ElfClassIndex] == 1)
            return "the file is a 32-bit ELF, only 64-bit is read";
        if (start[ElfClassIndex] != 2)
            return $"the ELF class {start[ElfClassIndex]} is unknown";
        return start[ElfDataIndex] switch
        {
            1 => null,
            2 => "the file is a big-endian ELF, only little-endian is read",
            var encoding => $"the ELF data encoding {encoding} is unknown",
        };
    }

    /// <summary>gzip, zip or Zstandard.</summary>
    private static bool IsCompressed(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])
        || start.StartsWith((ReadOnlySpan<byte>)[(byte)'P', (byte)'K', 3, 4])
        || start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]);

    private static bool IsMachO(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> tail = [0xfa, 0xed, 0xfe];
        if (start.Length < 4)
            return false;
        return (start[0] is 0xcf or 0xce && start[1..4].SequenceEqual(tail))
            || (start[0] == 0xfe && start[1] == 0xed && start[2] == 0xfa && (start[3] is 0xcf or 0xce))
            || start.StartsWith((ReadOnlySpan<byte>)[0xca, 0xfe, 0xba, 0xbe]);
    }
}

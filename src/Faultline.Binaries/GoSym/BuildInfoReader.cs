using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>Reads <c>.go.buildinfo</c>: a 32-byte header, then version and module information inline (Go 1.18 and later) or behind pointers.</summary>
internal static class BuildInfoReader
{
    private const string Structure = "Go build information";
    private const int HeaderSize = 32;
    private const int Alignment = 16;
    private const int GuardSize = 16;
    private const byte InlineStrings = 2;
    private const byte BigEndian = 1;

    private static ReadOnlySpan<byte> Magic =>
        [0xff, (byte)' ', (byte)'G', (byte)'o', (byte)' ', (byte)'b', (byte)'u', (byte)'i', (byte)'l', (byte)'d', (byte)'i', (byte)'n', (byte)'f', (byte)':'];

    /// <summary>Module lists of large programs reach some hundred kilobytes.</summary>
    private const int ModuleTextLimit = 16 * 1024 * 1024;

    public static BuildInfo? Read(ElfFile elf)
    {
        try
        {
            return TryFind(elf, out var address) ? Parse(elf, address) : null;
        }
        catch (MalformedDataException exception)
        {
            elf.Log.Add("GOSYM0107", DiagnosticSeverity.Warning, exception);
            return null;
        }
    }

    private static bool TryFind(ElfFile elf, out ulong address)
    {
        if (elf.TryFindSection(".go.buildinfo", out var section))
        {
            address = section.Address;
            if (elf.Segments.TryGetBytes(address, HeaderSize, out var header) && header.StartsWith(Magic))
                return true;
        }

        foreach (var segment in elf.Segments.Loads)
        {
            if (!segment.Permissions.HasFlag(ElfSegmentPermissions.Write)
                || !elf.File.TrySlice(segment.Offset, (long)Math.Min(segment.FileSize, int.MaxValue), out var bytes))
            {
                continue;
            }

            for (var at = bytes.IndexOf(Magic); at >= 0;)
            {
                address = segment.Address + (ulong)at;
                if (address % Alignment == 0)
                    return true;
                var next = bytes[(at + 1)..].IndexOf(Magic);
                at = next < 0 ? -1 : at + 1 + next;
            }
        }

        address = 0;
        return false;
    }

    private static BuildInfo Parse(ElfFile elf, ulong address)
    {
        elf.Segments.TryGetOffset(address, out var offset);
        var bytes = elf.Segments.GetBytes(address, ModuleTextLimit + HeaderSize);
        var cursor = new ByteCursor(bytes, elf.Path, Structure, offset);
        cursor.Skip(14);
        var pointerSize = cursor.ReadByte();
        var flags = cursor.ReadByte();
        if ((flags & InlineStrings) != 0)
        {
            cursor.Skip(HeaderSize - cursor.Position);
            var version = Encoding.UTF8.GetString(cursor.ReadUvarintPrefixed(ReadLimits.NameSize));
            return Build(version, cursor.ReadUvarintPrefixed(ModuleTextLimit));
        }

        if (pointerSize != 8 || (flags & BigEndian) != 0)
            Throw.Malformed(elf.Path, offset, Structure, "its pointers are not 64-bit little-endian");
        return Build(
            Encoding.UTF8.GetString(ReadGoString(elf, address + 16, ReadLimits.NameSize)),
            ReadGoString(elf, address + 24, ModuleTextLimit));
    }

    /// <summary>Follows a pointer to a Go string header to the string's bytes.</summary>
    private static byte[] ReadGoString(ElfFile elf, ulong pointerAddress, int limit)
    {
        Span<byte> words = stackalloc byte[16];
        if (elf.Read(pointerAddress, words[..8]) != 8 || elf.Read(BinaryPrimitives.ReadUInt64LittleEndian(words), words) != 16)
            return [];
        var size = BinaryPrimitives.ReadUInt64LittleEndian(words[8..]);
        return size <= (ulong)limit && elf.Segments.TryGetBytes(BinaryPrimitives.ReadUInt64LittleEndian(words), (int)size, out var text)
            ? text.ToArray()
            : [];
    }

    private static BuildInfo Build(string version, ReadOnlySpan<byte> moduleText)
    {
        // The linker puts 16 guard bytes around the text so that it can be found in memory.
        var text = moduleText.Length >= 2 * GuardSize + 1 && moduleText[^(GuardSize + 1)] == '\n'
            ? Encoding.UTF8.GetString(moduleText[GuardSize..^GuardSize])
            : "";
        var (path, module, moduleVersion) = ("", "", "");
        var dependencies = new List<ModuleVersion>();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split('\t');
            if (fields.Length < 2)
                continue;
            if (fields[0] == "path")
                path = fields[1];
            else if (fields[0] == "mod")
                (module, moduleVersion) = (fields[1], Field(fields, 2));
            else if (fields[0] == "dep")
                dependencies.Add(new ModuleVersion(fields[1], Field(fields, 2), Field(fields, 3), Replacement: null));
            else if (fields[0] == "=>" && dependencies.Count > 0)
                dependencies[^1] = dependencies[^1] with { Replacement = $"{fields[1]} {Field(fields, 2)}".TrimEnd(), Sum = Field(fields, 3) };
            else if (fields[0] == "build")
                AddSetting(settings, line["build\t".Length..]);
        }

        return new BuildInfo(version, GoVersionText.Release(version), GoVersionText.Experiments(version), path, module, settings)
        {
            MainModuleVersion = moduleVersion,
            Dependencies = dependencies,
        };
    }

    private static string Field(string[] fields, int index) => index < fields.Length ? fields[index] : "";

    /// <summary>Keys and values are quoted as Go strings where they hold characters that would break the line.</summary>
    private static void AddSetting(Dictionary<string, string> settings, string text)
    {
        var separator = text.StartsWith('"') ? text.IndexOf("\"=", 1, StringComparison.Ordinal) + 1 : text.IndexOf('=');
        if (separator <= 0)
            return;
        settings[Unquote(text[..separator])] = Unquote(text[(separator + 1)..]);
    }

    private static string Unquote(string text)
    {
        if (text.Length >= 2 && text[0] == '`' && text[^1] == '`')
            return text[1..^1];
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
            return text;
        var result = new StringBuilder(text.Length);
        for (var index = 1; index < text.Length - 1; index++)
        {
            if (text[index] != '\\')
            {
                result.Append(text[index]);
                continue;
            }

            index++;
            if (text[index] is 'x' or 'u' && int.TryParse(
                text.AsSpan(index + 1, Math.Min(text[index] == 'x' ? 2 : 4, text.Length - 1 - (index + 1))), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
            {
                result.Append((char)code);
                index += text[index] == 'x' ? 2 : 4;
            }
            else
            {
                result.Append(text[index] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
            }
        }

        return result.ToString();
    }
}

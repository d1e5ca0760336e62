using System.Buffers.Binary;
using System.Globalization;
using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;

namespace Faultline.Capture.Recording;

/// <summary>A map whose write mark is watched: given by its address, or by the package-level variable that holds it.</summary>
/// <param name="Word">As given.</param>
/// <param name="Address">The map's address in this run; 0 when it is read from the variable.</param>
/// <param name="VariableAddress">Link-time address of the variable; 0 when the map's address was given.</param>
public sealed record WatchedMap(string Word, ulong Address, ulong VariableAddress)
{
    /// <summary>How many addresses a processor can watch.</summary>
    public const int Most = 4;

    /// <summary>Null when the word is neither an address nor a variable of the binary.</summary>
    public static WatchedMap? TryFind(string word, GoBinary binary)
    {
        if (word.StartsWith("0x", StringComparison.Ordinal))
            return ulong.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address) && address != 0 ? new WatchedMap(word, address, 0) : null;
        foreach (ElfSymbol symbol in binary.Symbols.Symbols)
        {
            if (symbol.Type == ElfSymbolType.Object && binary.Symbols.GetName(symbol) == word)
                return new WatchedMap(word, 0, symbol.Address);
        }

        return null;
    }

    /// <summary>The byte of a map that the runtime sets while it writes (<c>hmap.flags</c>, <c>maps.Map.writing</c>); null for releases whose layout is not known.</summary>
    internal static int? MarkOffset(StructLayouts layouts) =>
        layouts.Find("internal/runtime/maps.Map")?.OffsetOf("writing") ?? layouts.Find("runtime.hmap")?.OffsetOf("flags");

    /// <summary>The map's address in a process; null while the variable holds none, or when it cannot be read.</summary>
    internal ulong? Find(int processId, ulong loadBias)
    {
        if (Address != 0)
            return Address;
        try
        {
            using FileStream memory = new(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/mem"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            Span<byte> word = stackalloc byte[sizeof(ulong)];
            return RandomAccess.Read(memory.SafeFileHandle, word, (long)(VariableAddress + loadBias)) == word.Length && BinaryPrimitives.ReadUInt64LittleEndian(word) is not 0 and var address
                ? address
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

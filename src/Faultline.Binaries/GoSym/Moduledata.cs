using System.Buffers.Binary;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.Elf;

namespace Faultline.Binaries.GoSym;

/// <summary>The linker's record of where a program's tables lie (<c>runtime.firstmoduledata</c>). Addresses are link-time addresses.</summary>
/// <param name="Address">Where the record itself lies.</param>
/// <param name="FirstRelease">First Go release with this layout of the record.</param>
/// <param name="FunctionData">Base of FUNCDATA offsets (<c>gofunc</c>); 0 before Go 1.18.</param>
/// <param name="TypeLinks">Address of the array of type offsets; 0 when the release has none.</param>
/// <param name="TypeDescriptorsSize">Bytes of descriptors from <paramref name="Types"/> that can be walked one by one; 0 before Go 1.27.</param>
public sealed record Moduledata(
    ulong Address, int FirstRelease, ulong Text, ulong EndOfText, ulong Types, ulong EndOfTypes, ulong FunctionData,
    ulong TypeLinks, int TypeLinkCount, ulong TypeDescriptorsSize, int TextSectionCount)
{
    /// <summary>The program's variables: initialised ones and zeroed ones, each without and with pointers. Link-time addresses.</summary>
    public IReadOnlyList<AddressRange> DataRanges { get; private init; } = [];

    /// <summary>Reads the record at an address, trying the layout of the release first; null when the bytes fit no layout.</summary>
    internal static Moduledata? TryRead(ElfFile elf, ulong address, Pclntab pclntab, int? release)
    {
        Span<byte> bytes = stackalloc byte[ModuledataLayout.ReadSize];
        bytes = bytes[..elf.Read(address, bytes)];
        foreach (var layout in ModuledataLayout.CandidatesFor(release, pclntab.Layout.FirstRelease))
        {
            if (bytes.Length >= layout.Next && TryDecode(elf, address, bytes, layout) is { } decoded)
                return decoded;
        }

        return null;
    }

    private static Moduledata? TryDecode(ElfFile elf, ulong address, ReadOnlySpan<byte> bytes, ModuledataLayout layout)
    {
        var module = new Moduledata(
            address, layout.FirstRelease,
            Text: Word(bytes, ModuledataLayout.Text),
            EndOfText: Word(bytes, ModuledataLayout.EndOfText),
            Types: Word(bytes, layout.Types),
            EndOfTypes: Word(bytes, layout.EndOfTypes),
            FunctionData: layout.FunctionData == 0 ? 0 : Word(bytes, layout.FunctionData),
            TypeLinks: layout.TypeLinks == 0 ? 0 : Word(bytes, layout.TypeLinks),
            TypeLinkCount: layout.TypeLinks == 0 ? 0 : (int)Math.Min(Word(bytes, layout.TypeLinks + 8), int.MaxValue),
            TypeDescriptorsSize: layout.TypeDescriptorsSize == 0 ? 0 : Word(bytes, layout.TypeDescriptorsSize),
            TextSectionCount: (int)Math.Min(Word(bytes, layout.TextSections + 8), int.MaxValue))
        {
            DataRanges = ReadDataRanges(bytes),
        };
        var plausible = module.Text < module.EndOfText
            && module.Types < module.EndOfTypes
            && elf.Segments.IsMapped(module.Text)
            && elf.Segments.IsMapped(module.Types)
            && (layout.FunctionData == 0 || elf.Segments.IsMapped(module.FunctionData))
            && module.TypeDescriptorsSize <= module.EndOfTypes - module.Types;
        return plausible ? module : null;
    }

    /// <summary>noptrdata, data, bss and noptrbss, one pair of words each; their order in memory differs between releases.</summary>
    private static AddressRange[] ReadDataRanges(ReadOnlySpan<byte> bytes)
    {
        var ranges = new List<AddressRange>();
        for (var field = ModuledataLayout.DataRanges; field < ModuledataLayout.EndOfDataRanges; field += 16)
        {
            var (start, end) = (Word(bytes, field), Word(bytes, field + 8));
            if (start < end)
                ranges.Add(new AddressRange(start, end));
        }

        return [.. ranges];
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}

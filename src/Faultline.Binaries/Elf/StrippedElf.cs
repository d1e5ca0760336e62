using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>
/// Writes a program without what it does not need to run: no DWARF, no function symbols. What is loaded stays where it is, so that code, the
/// runtime's tables and types read as before; the symbols of variables stay too, because nothing else names them.
/// </summary>
public static class StrippedElf
{
    private const uint SymbolTableType = 2, StringTableType = 3, NoBitsType = 8;
    private const ulong AllocateFlag = 2, WriteFlag = 1;
    private const int ObjectSymbol = 1;
    private const string Structure = "section headers";

    /// <summary>Writes the stripped form of a file to a stream, from its current position on.</summary>
    /// <exception cref="MalformedDataException">The headers of the file break a rule.</exception>
    public static void Write(ElfFile elf, Stream output)
    {
        MappedFile file = elf.File;
        Elf64_Ehdr header = MemoryMarshal.Read<Elf64_Ehdr>(file.Slice(0, Unsafe.SizeOf<Elf64_Ehdr>(), "ELF header"));
        long loaded = (long)header.e_phoff + (header.e_phnum * header.e_phentsize);
        foreach (ElfSegment segment in elf.ProgramHeaders)
        {
            if (segment.Type == ElfSegmentType.Load)
                loaded = Math.Max(loaded, segment.Offset + (long)segment.FileSize);
        }

        loaded = Math.Min(loaded, file.Length);
        Tables tables = Tables.Build(file, header, elf.Sections, loaded);
        header.e_shoff = (ulong)tables.HeadersOffset;
        header.e_shnum = (ushort)tables.Sections.Count;
        header.e_shstrndx = (ushort)Math.Max(0, tables.Sections.Count - 1);
        output.Write(MemoryMarshal.AsBytes([header]));
        Copy(file, Unsafe.SizeOf<Elf64_Ehdr>(), loaded, output);
        output.Write(tables.Bytes);
        foreach (Elf64_Shdr section in tables.Sections)
            output.Write(MemoryMarshal.AsBytes([section]));
    }

    private static void Copy(MappedFile file, long start, long end, Stream output)
    {
        const int Block = 1 << 20;
        while (start < end)
        {
            int size = (int)Math.Min(Block, end - start);
            output.Write(file.Slice(start, size, "loaded part"));
            start += size;
        }
    }

    /// <summary>What comes behind the loaded part: symbols, names, and the section headers that point to them.</summary>
    private sealed class Tables
    {
        private readonly List<byte> _bytes = [];
        private readonly List<byte> _sectionNames = [0];
        private readonly List<Elf64_Shdr> _sections = [];
        private readonly long _start;

        private Tables(long start) => _start = start;

        public List<Elf64_Shdr> Sections => _sections;

        public ReadOnlySpan<byte> Bytes => CollectionsMarshal.AsSpan(_bytes);

        public long HeadersOffset { get; private set; }

        public static Tables Build(MappedFile file, Elf64_Ehdr header, IReadOnlyList<ElfSection> sections, long loaded)
        {
            Tables tables = new(loaded);
            if (sections.Count == 0)
                return tables;
            ReadOnlySpan<Elf64_Shdr> raw = MemoryMarshal.Cast<byte, Elf64_Shdr>(file.Slice((long)header.e_shoff, (long)sections.Count * Unsafe.SizeOf<Elf64_Shdr>(), Structure));
            int[] kept = tables.KeepLoaded(raw, sections, loaded);
            tables.AddVariables(file, raw, kept);
            tables.AddSectionNames();
            return tables;
        }

        /// <summary>Keeps the sections that are loaded; returns the new number of each, 0 for those that are gone.</summary>
        private int[] KeepLoaded(ReadOnlySpan<Elf64_Shdr> raw, IReadOnlyList<ElfSection> sections, long loaded)
        {
            int[] numbers = new int[raw.Length];
            _sections.Add(default);
            for (int i = 1; i < raw.Length; i++)
            {
                bool isInside = raw[i].sh_type == NoBitsType || (raw[i].sh_offset <= (ulong)loaded && raw[i].sh_size <= (ulong)loaded - raw[i].sh_offset);
                if ((raw[i].sh_flags & AllocateFlag) == 0 || !isInside)
                    continue;
                numbers[i] = _sections.Count;
                _sections.Add(raw[i] with { sh_name = AddName(sections[i].Name) });
            }

            for (int i = 1; i < _sections.Count; i++)
                _sections[i] = _sections[i] with { sh_link = _sections[i].sh_link < (uint)numbers.Length ? (uint)numbers[_sections[i].sh_link] : 0 };
            return numbers;
        }

        private void AddVariables(MappedFile file, ReadOnlySpan<Elf64_Shdr> raw, int[] kept)
        {
            int table = raw.IndexOfType(SymbolTableType);
            if (table < 0 || raw[table].sh_link >= (uint)raw.Length)
                return;
            if (!file.TrySlice((long)raw[table].sh_offset, (long)Math.Min(raw[table].sh_size, int.MaxValue), out ReadOnlySpan<byte> bytes))
                return;
            ElfStringTable names = new(file, (long)raw[(int)raw[table].sh_link].sh_offset, raw[(int)raw[table].sh_link].sh_size);
            List<byte> symbols = [.. new byte[Unsafe.SizeOf<Elf64_Sym>()]];
            List<byte> text = [0];
            foreach (Elf64_Sym symbol in MemoryMarshal.Cast<byte, Elf64_Sym>(bytes[..(bytes.Length / Unsafe.SizeOf<Elf64_Sym>() * Unsafe.SizeOf<Elf64_Sym>())]))
            {
                if ((symbol.st_info & 15) != ObjectSymbol || symbol.st_shndx >= raw.Length || kept[symbol.st_shndx] == 0 || (raw[symbol.st_shndx].sh_flags & WriteFlag) == 0)
                    continue;
                Elf64_Sym moved = symbol with { st_name = (uint)text.Count, st_shndx = (ushort)kept[symbol.st_shndx] };
                symbols.AddRange(MemoryMarshal.AsBytes([moved]));
                text.AddRange(Encoding.UTF8.GetBytes(names.Get(symbol.st_name)));
                text.Add(0);
            }

            Add(".symtab", SymbolTableType, symbols, link: (uint)_sections.Count + 1, entrySize: (ulong)Unsafe.SizeOf<Elf64_Sym>());
            Add(".strtab", StringTableType, text);
        }

        private void AddSectionNames()
        {
            uint own = AddName(".shstrtab");
            Add(own, StringTableType, _sectionNames, 0, 0);
            Align();
            HeadersOffset = _start + _bytes.Count;
        }

        private void Add(string name, uint type, List<byte> content, uint link = 0, ulong entrySize = 0) => Add(AddName(name), type, content, link, entrySize);

        private void Add(uint name, uint type, List<byte> content, uint link, ulong entrySize)
        {
            Align();
            _sections.Add(new Elf64_Shdr
            {
                sh_name = name,
                sh_type = type,
                sh_offset = (ulong)(_start + _bytes.Count),
                sh_size = (ulong)content.Count,
                sh_link = link,
                sh_info = type == SymbolTableType ? 1u : 0,
                sh_addralign = 8,
                sh_entsize = entrySize,
            });
            _bytes.AddRange(content);
        }

        private uint AddName(string name)
        {
            uint offset = (uint)_sectionNames.Count;
            _sectionNames.AddRange(Encoding.UTF8.GetBytes(name));
            _sectionNames.Add(0);
            return offset;
        }

        private void Align()
        {
            while ((_start + _bytes.Count) % 8 != 0)
                _bytes.Add(0);
        }
    }

    private static int IndexOfType(this ReadOnlySpan<Elf64_Shdr> sections, uint type)
    {
        for (int i = 0; i < sections.Length; i++)
        {
            if (sections[i].sh_type == type)
                return i;
        }

        return -1;
    }
}

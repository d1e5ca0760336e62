using System.Runtime.InteropServices;

namespace Faultline.Binaries.Elf;

// The structures of <elf.h> for ELF64, fields named as there.
#pragma warning disable IDE1006, CA1707, SA1300 // C names

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Elf64_Ehdr
{
    public ulong e_ident_low;
    public ulong e_ident_high;
    public ushort e_type;
    public ushort e_machine;
    public uint e_version;
    public ulong e_entry;
    public ulong e_phoff;
    public ulong e_shoff;
    public uint e_flags;
    public ushort e_ehsize;
    public ushort e_phentsize;
    public ushort e_phnum;
    public ushort e_shentsize;
    public ushort e_shnum;
    public ushort e_shstrndx;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Elf64_Phdr
{
    public uint p_type;
    public uint p_flags;
    public ulong p_offset;
    public ulong p_vaddr;
    public ulong p_paddr;
    public ulong p_filesz;
    public ulong p_memsz;
    public ulong p_align;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Elf64_Shdr
{
    public uint sh_name;
    public uint sh_type;
    public ulong sh_flags;
    public ulong sh_addr;
    public ulong sh_offset;
    public ulong sh_size;
    public uint sh_link;
    public uint sh_info;
    public ulong sh_addralign;
    public ulong sh_entsize;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Elf64_Sym
{
    public uint st_name;
    public byte st_info;
    public byte st_other;
    public ushort st_shndx;
    public ulong st_value;
    public ulong st_size;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Elf64_Rela
{
    public ulong r_offset;
    public ulong r_info;
    public ulong r_addend;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Elf64_Dyn
{
    public long d_tag;
    public ulong d_val;
}

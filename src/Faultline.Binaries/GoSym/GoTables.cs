using System.Buffers.Binary;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>The tables that Go's linker left in a binary, found once.</summary>
internal sealed class GoTables
{
    private GoTables(Pclntab? pclntab, Moduledata? module, IReadOnlyList<FuncInfo> functions)
    {
        Pclntab = pclntab;
        Module = module;
        Functions = functions;
    }

    public Pclntab? Pclntab { get; }

    public Moduledata? Module { get; }

    /// <summary>Empty without a pclntab.</summary>
    public IReadOnlyList<FuncInfo> Functions { get; }

    public static GoTables Find(ElfFile elf, int? release)
    {
        var pclntab = PclntabLocator.Find(elf);
        if (pclntab is null)
        {
            elf.Log.Add("GOSYM0101", DiagnosticSeverity.Error, offset: null, "no Go function table: not a Go program, or its tables were removed");
            return new GoTables(pclntab: null, module: null, []);
        }

        var module = ModuledataLocator.Find(elf, pclntab, release);
        if (module is null)
        {
            elf.Log.Add(
                "GOSYM0104", DiagnosticSeverity.Warning, offset: null,
                "the module data of the runtime was not found: no types, no inlined frames, and the text start is a guess");
        }
        else if (module.TextSectionCount > 1)
        {
            elf.Log.Add(
                "GOSYM0105", DiagnosticSeverity.Warning, offset: null,
                $"the code has {module.TextSectionCount} text sections, only addresses in the first one are right");
        }

        pclntab = pclntab.At(TextStart(elf, pclntab, module));
        return new GoTables(pclntab, module, new FunctionList(pclntab, elf.Log));
    }

    /// <summary>moduledata.text is the only base that is right for every release and link mode; the header's own is 0 since Go 1.26.</summary>
    private static ulong TextStart(ElfFile elf, Pclntab pclntab, Moduledata? module)
    {
        if (pclntab.Layout.TextStartField == 0)
            return 0;
        if (module is not null)
            return module.Text;
        Span<byte> word = stackalloc byte[8];
        if (elf.Read(pclntab.Address + (ulong)pclntab.Layout.TextStartField, word) == 8 && BinaryPrimitives.ReadUInt64LittleEndian(word) is var start and not 0)
            return start;
        return elf.TryFindSection(".text", out var section) ? section.Address : 0;
    }
}

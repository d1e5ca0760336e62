using System.Buffers.Binary;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>Expands an address to its logical frames with the inline tree of its function (<c>runtime/symtabinl.go</c>).</summary>
internal sealed class InlineTree(ElfFile elf, Pclntab pclntab, Moduledata? module)
{
    private const uint InlineTreeIndexTable = 2;
    private const int InlineTreeData = 3;

    /// <summary>Frames at an address, innermost first; the physical function is always the last.</summary>
    public List<SourceFrame> Expand(int functionIndex, ulong address, DiagnosticLog log)
    {
        var record = pclntab.GetRecord(functionIndex);
        var frames = new List<SourceFrame>();
        var treeAddress = FindTree(record);
        var at = address;
        for (var depth = 0; treeAddress != 0 && depth < ReadLimits.InlineDepth; depth++)
        {
            var entryIndex = pclntab.FindPcdata(record, InlineTreeIndexTable, at);
            if (entryIndex < 0)
                break;
            if (!TryReadEntry(treeAddress, entryIndex, out var nameOffset, out var parentOffset))
            {
                log.Add("GOSYM0106", DiagnosticSeverity.Warning, offset: null, $"inline tree entry {entryIndex} of the function at 0x{record.Entry:x} is not in the file");
                break;
            }

            frames.Add(Frame(record, pclntab.GetName(nameOffset), at, inlined: true));
            at = record.Entry + parentOffset;
        }

        frames.Add(Frame(record, pclntab.GetName(record.NameOffset), at, inlined: false));
        return frames;
    }

    private SourceFrame Frame(in FunctionRecord record, string name, ulong at, bool inlined) =>
        new(name, pclntab.FindFile(record, at), pclntab.FindLine(record, at), inlined, record.Entry);

    /// <summary>Address of the tree; 0 when the function has none.</summary>
    private ulong FindTree(in FunctionRecord record)
    {
        if (!pclntab.TryGetFuncdata(record, InlineTreeData, out var value))
            return 0;
        if (!pclntab.Layout.FuncdataArePointers)
            return module is null ? 0 : module.FunctionData + value;
        Span<byte> pointer = stackalloc byte[8];
        return elf.Read(value, pointer) == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(pointer) : 0;
    }

    private bool TryReadEntry(ulong treeAddress, int index, out uint nameOffset, out uint parentOffset)
    {
        var layout = pclntab.Layout;
        var address = treeAddress + ((ulong)index * (ulong)layout.InlineEntrySize);
        if (!elf.Segments.TryGetBytes(address, layout.InlineEntrySize, out var entry))
        {
            (nameOffset, parentOffset) = (0, 0);
            return false;
        }

        nameOffset = BinaryPrimitives.ReadUInt32LittleEndian(entry[layout.InlineNameField..]);
        parentOffset = BinaryPrimitives.ReadUInt32LittleEndian(entry[layout.InlineParentPcField..]);
        return true;
    }
}

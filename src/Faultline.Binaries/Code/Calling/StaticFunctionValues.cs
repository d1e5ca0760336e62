using System.Runtime.InteropServices;
using Faultline.Binaries.Elf;

namespace Faultline.Binaries.Code.Calling;

/// <summary>
/// Functions that data holds as values from the start: tables of commands, handlers or tests that the linker laid out. No code names them; a func value in data is a pointer to a word with the
/// function's entry.
/// </summary>
internal sealed class StaticFunctionValues
{
    private const int ChunkSize = 256 * 1024;

    private readonly CodeModel model;
    private readonly Lazy<HashSet<int>> held;

    public StaticFunctionValues(CodeModel model)
    {
        this.model = model;
        held = new(Find);
    }

    /// <summary>Indexes of the functions.</summary>
    public IReadOnlySet<int> Functions => held.Value;

    private HashSet<int> Find()
    {
        var entryWords = new Dictionary<ulong, int>();
        (ulong lowest, ulong highest) = (ulong.MaxValue, 0);
        Scan((address, word) =>
        {
            if (model.Functions.IndexOfEntry(word) is not (>= 0 and var function))
                return;
            entryWords.TryAdd(address, function);
            (lowest, highest) = (Math.Min(lowest, address), Math.Max(highest, address));
        });
        var found = new HashSet<int>();
        Scan((_, word) =>
        {
            if (word >= lowest && word <= highest && entryWords.TryGetValue(word, out int function))
                found.Add(function);
        });
        return found;
    }

    /// <summary>Visits every aligned word of the data that the file has.</summary>
    private void Scan(Action<ulong, ulong> visit)
    {
        byte[] bytes = new byte[ChunkSize];
        foreach (ElfSection section in model.Binary.Elf.Sections)
        {
            if (!section.IsAllocated || section.IsExecutable || section.Address == 0 || section.Name is ".gopclntab" or ".data.rel.ro.gopclntab" or ".typelink")
                continue;
            ulong end = section.Address + Math.Min(section.FileSize, ulong.MaxValue - section.Address);
            for (ulong at = (section.Address + 7) & ~7UL; at < end;)
            {
                int read = model.Binary.Read(at, bytes.AsSpan(0, (int)Math.Min(ChunkSize, end - at))) & ~7;
                foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, read)))
                {
                    visit(at, word);
                    at += sizeof(ulong);
                }

                if (read == 0)
                    break;
            }
        }
    }
}

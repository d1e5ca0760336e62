namespace Faultline.Binaries.GoSym;

/// <summary>Where the fields of the pclntab header, of <c>_func</c> and of an inline tree entry lie in one generation of the format. Sizes and offsets in bytes.</summary>
internal sealed record PclntabLayout
{
    public required uint Magic { get; init; }

    /// <summary>First Go release that writes this format; the next generation ends it.</summary>
    public required int FirstRelease { get; init; }

    /// <summary>Offset of <c>textStart</c> in the header; 0 where program counters are absolute.</summary>
    public required int TextStartField { get; init; }

    /// <summary>Offset of <c>funcnameOffset</c>; the four other table offsets follow it.</summary>
    public required int TableOffsets { get; init; }

    public required int HeaderSize { get; init; }

    /// <summary>Size of one number of a function table row and of <c>_func.entry</c>: offsets from the text start, or absolute addresses.</summary>
    public required int ProgramCounterSize { get; init; }

    public required bool HasStartLine { get; init; }

    /// <summary>Function data are absolute pointers (aligned), not offsets from <c>moduledata.gofunc</c>.</summary>
    public required bool FuncdataArePointers { get; init; }

    public required int InlineEntrySize { get; init; }

    public required int InlineNameField { get; init; }

    public required int InlineParentPcField { get; init; }

    public int FuncSize => ProgramCounterSize + 32 + (HasStartLine ? 4 : 0) + 4;

    public static IReadOnlyList<PclntabLayout> All { get; } =
    [
        new()
        {
            Magic = 0xfffffff1, FirstRelease = 20, TextStartField = 24, TableOffsets = 32, HeaderSize = 72, ProgramCounterSize = 4,
            HasStartLine = true, FuncdataArePointers = false, InlineEntrySize = 16, InlineNameField = 4, InlineParentPcField = 8,
        },
        new()
        {
            Magic = 0xfffffff0, FirstRelease = 18, TextStartField = 24, TableOffsets = 32, HeaderSize = 72, ProgramCounterSize = 4,
            HasStartLine = false, FuncdataArePointers = false, InlineEntrySize = 20, InlineNameField = 12, InlineParentPcField = 16,
        },
        new()
        {
            Magic = 0xfffffffa, FirstRelease = 16, TextStartField = 0, TableOffsets = 24, HeaderSize = 64, ProgramCounterSize = 8,
            HasStartLine = false, FuncdataArePointers = true, InlineEntrySize = 20, InlineNameField = 12, InlineParentPcField = 16,
        },
    ];

    public static PclntabLayout? Find(uint magic) => All.FirstOrDefault(layout => layout.Magic == magic);
}

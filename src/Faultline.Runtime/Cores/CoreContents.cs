using Faultline.Runtime.Live;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>What goes into a core: a process that stands still.</summary>
public sealed record CoreContents
{
    /// <summary>Go's spelling.</summary>
    public required string Architecture { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Name of the program.</summary>
    public required string Name { get; init; }

    /// <summary>Its threads; readers take the first one for the one that died.</summary>
    public required IReadOnlyList<HeldThread> Threads { get; init; }

    /// <summary>Its auxiliary vector, as <c>/proc/PID/auxv</c> has it.</summary>
    public required byte[] Auxiliary { get; init; }

    /// <summary>All of its mappings; those of files are listed in the core.</summary>
    public required IReadOnlyList<MemoryRange> Mappings { get; init; }

    /// <summary>Where its memory is read.</summary>
    public required IAddressSpace Memory { get; init; }

    /// <summary>The parts of memory that go in, whole pages in ascending order.</summary>
    public required IReadOnlyList<(ulong Start, ulong End)> Ranges { get; init; }
}

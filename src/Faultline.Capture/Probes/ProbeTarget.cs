using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;

namespace Faultline.Capture.Probes;

/// <summary>A binary as probes see it: where its instructions lie in the file, and where the runtime keeps what probes fetch.</summary>
public sealed class ProbeTarget
{
    private ProbeTarget(GoBinary binary, string path, ProbeRegisters registers, StructLayouts layouts, int goroutineIdOffset)
    {
        Binary = binary;
        Path = path;
        Registers = registers;
        Layouts = layouts;
        GoroutineIdOffset = goroutineIdOffset;
    }

    public GoBinary Binary { get; }

    /// <summary>The path that the kernel is given; it names the same file as the binary's own path, seen from here.</summary>
    public string Path { get; }

    /// <summary>Offset of the goroutine's id in g.</summary>
    public int GoroutineIdOffset { get; }

    internal ProbeRegisters Registers { get; }

    internal StructLayouts Layouts { get; }

    /// <summary>Null, and why, when nothing is known of where this binary's runtime keeps things.</summary>
    /// <param name="binary">The program.</param>
    /// <param name="path">The path for the kernel: without blanks and absolute.</param>
    /// <param name="refusal">One sentence when there is no target.</param>
    public static ProbeTarget? TryCreate(GoBinary binary, string path, out string refusal)
    {
        refusal = "";
        if (ProbeRegisters.For(binary.Architecture) is not { } registers)
            refusal = $"Probes are known for amd64 and arm64, and '{binary.Path}' is {binary.Architecture}.";
        else if (binary.Functions.Count == 0)
            refusal = $"'{binary.Path}' has no function table of Go: it is no Go program, or its tables are broken.";
        else if (binary.BuildInfo?.Release is not { } release)
            refusal = $"'{binary.Path}' does not tell which Go release built it, so it is not known where goroutine ids lie.";
        else if (StructLayouts.For(release, binary.Architecture, binary.BuildInfo.Experiments) is not { } layouts || layouts.Find("runtime.g")?.OffsetOf("goid") is not { } offset)
            refusal = $"'{binary.Path}' was built by {binary.BuildInfo.GoVersion}; recordings need Go 1.19 or newer.";
        else
            return new ProbeTarget(binary, path, registers, layouts, offset);
        return null;
    }

    /// <summary>Offset in the file of a link-time address; null when the file does not hold it in an executable segment.</summary>
    public long? FileOffset(ulong address) => FileOffset(Binary, address);

    /// <summary>Where the instruction at a link-time address lies in the file; null when it is not code of the file.</summary>
    public static long? FileOffset(GoBinary binary, ulong address)
    {
        foreach (ElfSegment segment in binary.Elf.ProgramHeaders)
        {
            if (segment.Type == ElfSegmentType.Load && segment.Permissions.HasFlag(ElfSegmentPermissions.Execute) && segment.HoldsInFile(address))
                return segment.Offset + (long)(address - segment.Address);
        }

        return null;
    }
}

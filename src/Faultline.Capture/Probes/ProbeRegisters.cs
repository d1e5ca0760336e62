namespace Faultline.Capture.Probes;

/// <summary>
/// Go's internal calling convention in the kernel's register names (<c>Documentation/trace/uprobetracer.rst</c>). What is said of arm64 was
/// read in the sources of Go and of the kernel; no arm64 machine has run it.
/// </summary>
internal sealed record ProbeRegisters
{
    /// <summary>Holds g in compiled code.</summary>
    public required string G { get; init; }

    public required string FramePointer { get; init; }

    /// <summary>Where calls leave their return address; null where they push it.</summary>
    public required string? Link { get; init; }

    /// <summary>Integer arguments in their order.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>A general-purpose register by the processor's number: rax 0, rcx 1 … r15 15.</summary>
    public static string Amd64ByNumber(int number) => number switch
    {
        0 => "%ax",
        1 => "%cx",
        2 => "%dx",
        3 => "%bx",
        4 => "%sp",
        5 => "%bp",
        6 => "%si",
        7 => "%di",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"%r{number}"),
    };

    /// <summary>A general-purpose register by its DWARF number (System V ABI, figure 3.36); null for others.</summary>
    public static string? Amd64ByDwarf(int number) => number switch
    {
        0 => "%ax",
        1 => "%dx",
        2 => "%cx",
        3 => "%bx",
        4 => "%si",
        5 => "%di",
        6 => "%bp",
        7 => "%sp",
        > 7 and < 16 => Amd64ByNumber(number),
        _ => null,
    };

    public static ProbeRegisters? For(string architecture) => architecture switch
    {
        "amd64" => new() { G = "%r14", FramePointer = "%bp", Link = null, Arguments = ["%ax", "%bx", "%cx", "%di", "%si", "%r8", "%r9", "%r10", "%r11"] },
        "arm64" => new() { G = "%x28", FramePointer = "%x29", Link = "%x30", Arguments = ["%x0", "%x1", "%x2", "%x3", "%x4", "%x5", "%x6", "%x7", "%x8"] },
        _ => null,
    };
}

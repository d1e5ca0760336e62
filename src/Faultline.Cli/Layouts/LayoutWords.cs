using System.Globalization;
using Faultline.Binaries.Layouts;
using Faultline.Reports.Text;

namespace Faultline.Cli.Layouts;

/// <summary>Sentences about layouts.</summary>
internal static class LayoutWords
{
    public static string Of(LayoutOrigin origin) => origin switch
    {
        LayoutOrigin.Dwarf => "DWARF",
        LayoutOrigin.TypeDescriptors => "type descriptors",
        _ => "the built-in table",
    };

    public static string Count(long number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}");

    public static string Count(long number, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many)}");

    /// <summary>The names of fields, the blank ones and those without a name included.</summary>
    public static string Names(IEnumerable<LaidField> fields) => string.Join(", ", fields.Select(part => PrintableText.Escape(part.Name)));

    /// <summary>A path of fields as Go writes it, such as <c>state.mu.sema</c>; any element of an array is <c>[]</c>.</summary>
    public static string Path(IReadOnlyList<LaidField> path) => string.Join('.', path.Select(part => PrintableText.Escape(part.Name) + (part is { Inner: not null, Count: > 1 } ? "[]" : "")));

    /// <summary>Where lines counted from the start of an object begin in the machine's lines.</summary>
    public static string Placement(HeapPlacement placement, int lineSize)
    {
        if (placement.SlotSize == 0)
            return "an empty value takes no memory there";
        if (placement.IsShared)
            return $"shares a slot of {placement.SlotSize} bytes with other small objects, so it can share a line with any of them";
        string slot = placement.HeaderSize == 0
            ? $"takes a slot of {placement.SlotSize} bytes"
            : $"takes a slot of {placement.SlotSize} bytes, {placement.HeaderSize} of them before it for the allocator";
        if (placement.StartsAtLine(lineSize))
            return $"{slot} and starts at a line: the lines shown are those of the machine";
        int step = Math.Min(placement.Alignment, lineSize);
        string starts = step == lineSize
            ? $"and starts {placement.HeaderSize} bytes into a line"
            : $"and starts at {(placement.HeaderSize > 0 ? $"{placement.HeaderSize} more than " : "")}any multiple of {step}";
        return $"{slot} {starts}: the lines of the machine can begin elsewhere than shown{(placement.SlotSize < lineSize ? ", and neighbours can share them" : "")}";
    }
}

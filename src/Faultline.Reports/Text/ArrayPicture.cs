using System.Globalization;
using System.Text;
using Faultline.Diagnosis.Slices;

namespace Faultline.Reports.Text;

/// <summary>
/// An array with the slices that see it under one another: <c>=</c> within a length, <c>-</c> within a capacity, <c>#</c> where both reach the element
/// that was raced for. Of a large array the part around that element is drawn.
/// </summary>
internal static class ArrayPicture
{
    private const int MostSlices = 16;
    private const int NameWidth = 14;

    public static IReadOnlyList<string> Draw(SharedArray array, int width)
    {
        int digits = Math.Max(2, array.Count.ToString(CultureInfo.InvariantCulture).Length);
        int cells = Math.Max(4, (width - NameWidth - 26) / (digits + 1));
        long first = array.Count <= cells ? 0 : Math.Clamp(array.Index - (cells / 2), 0, array.Count - cells);
        long last = Math.Min(array.Count, first + cells);
        List<string> lines = [Heading(array, first, last, digits)];
        foreach (SliceView view in array.Slices.Take(MostSlices))
            lines.Add(Row(array, view, first, last, digits));
        if (array.Slices.Count > MostSlices)
            lines.Add($"… {array.Slices.Count - MostSlices} more slices");
        return lines;
    }

    private static string Heading(SharedArray array, long first, long last, int digits)
    {
        StringBuilder line = new("element".PadRight(NameWidth));
        for (long index = first; index < last; index++)
            line.Append(' ').Append(index.ToString(CultureInfo.InvariantCulture).PadLeft(digits));
        return line.Append(last < array.Count ? " …" : "").ToString();
    }

    private static string Row(SharedArray array, SliceView view, long first, long last, int digits)
    {
        SliceSpan slice = view.Slice;
        string name = slice.Name.Length <= NameWidth - 1 ? slice.Name : slice.Name[..(NameWidth - 2)] + "…";
        StringBuilder line = new(name.PadRight(NameWidth));
        for (long index = first; index < last; index++)
        {
            char cell = CellOf(array, view, index);
            line.Append(' ').Append(cell, digits);
        }

        return line.Append("  ").Append(Words(array, view)).ToString();
    }

    private static char CellOf(SharedArray array, SliceView view, long index)
    {
        // Slices of other element sizes are drawn by the bytes that they see.
        ulong start = array.Start + ((ulong)index * (ulong)array.ElementSize);
        ulong end = start + (ulong)array.ElementSize;
        SliceSpan slice = view.Slice;
        ulong lengthEnd = slice.Pointer + ((ulong)slice.Length * (ulong)slice.ElementSize);
        if (end <= slice.Pointer || start >= slice.End)
            return '.';
        if (index == array.Index && view.Reach != SliceReach.None)
            return '#';
        return start < lengthEnd ? '=' : '-';
    }

    private static string Words(SharedArray array, SliceView view)
    {
        string name = view.Slice.Name;
        string note = view.IsAligned ? "" : view.Slice.ElementSize == array.ElementSize ? " (not at an element's beginning)" : $" (elements of {view.Slice.ElementSize} bytes)";
        return view.Reach switch
        {
            SliceReach.Length => $"{name}[{view.Index}]{note}",
            SliceReach.Capacity => $"{name}: {view.Index}, in its capacity{note}",
            _ => $"not reached{note}",
        };
    }
}

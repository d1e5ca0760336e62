using System.Runtime.InteropServices;
using System.Text;

namespace Faultline.Evidence.Tracebacks.Assembly;

/// <summary>The length of a line as shippers count it, and as terminals do.</summary>
/// <param name="Bytes">Of UTF-8.</param>
/// <param name="Columns">One for each character; the tab at the start goes to the next stop.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LineWidth(int Bytes, int Columns)
{
    public static LineWidth Of(ReadOnlySpan<byte> line, int tabSize)
    {
        int columns = line is [(byte)'\t', ..] ? line.Length - 1 + tabSize : line.Length;
        if (!Ascii.IsValid(line))
        {
            // All bytes of a character but the first are 10xxxxxx.
            foreach (byte value in line)
                columns -= (value & 0xc0) == 0x80 ? 1 : 0;
        }

        return new LineWidth(line.Length, columns);
    }

    /// <summary>Equal by one of the two counts.</summary>
    public bool Fills(LineWidth other) => Bytes == other.Bytes || Columns == other.Columns;
}

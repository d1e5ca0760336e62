using System.Globalization;
using System.Text;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>How the text of a location is laid out in the log.</summary>
internal enum FrameShape
{
    /// <summary>Function, arguments, file line.</summary>
    Call,

    /// <summary>Nothing varies from goroutine to goroutine: inlined frames, C frames, elisions.</summary>
    Fixed,

    /// <summary><c>created by</c>, which may name a goroutine between its two constant parts.</summary>
    Creation,
}

/// <summary>One interned location with the bytes by which the next goroutine is recognised to stand there too.</summary>
/// <param name="Shape">Layout of the text.</param>
/// <param name="Lead">Up to and with <c>(</c> for calls; everything for fixed ones; up to the function's end for creations.</param>
/// <param name="Tail">The file line from its tab to its line feed or to <c> fp=0x</c>.</param>
/// <param name="HasPointers">The file line goes on with fp, sp and pc.</param>
/// <param name="LineCount">Lines of the log that it takes.</param>
/// <param name="Location">The public face.</param>
internal sealed record FrameEntry(FrameShape Shape, byte[] Lead, byte[] Tail, bool HasPointers, int LineCount, FrameLocation Location)
{
    /// <summary>The end of the file line, from the pc on, when it has pointers.</summary>
    public byte[] PcText { get; } = HasPointers ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" pc=0x{Location.Pc:x}\n")) : [];
}

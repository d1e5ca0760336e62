using System.Runtime.InteropServices;

namespace Faultline.Binaries.GoSym;

/// <summary>A place between two runs of a run-length table, from where decoding can go on.</summary>
/// <param name="Position">Of the next pair, in the bytes of all tables.</param>
/// <param name="Value">Of the run that ends here.</param>
/// <param name="Distance">From the function's entry to here, in smallest instructions.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PcValueMark(int Position, int Value, ulong Distance)
{
    public static PcValueMark Start(uint offset) => new((int)offset, PcValueTable.None, 0);
}

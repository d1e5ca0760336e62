using System.Runtime.InteropServices;

namespace Faultline.Binaries.Dwarf;

/// <summary>
/// An attribute as it stands in the entry: a number (address, constant, offset, index), or a block of bytes in <c>.debug_info</c>.
/// What the number means, the form says; the unit resolves it.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DwarfValue(DwarfForm Form, ulong Number, int BlockPosition, int BlockSize)
{
    public bool IsPresent => Form != DwarfForm.None;

    public bool IsBlock => Form is DwarfForm.Block or DwarfForm.Block1 or DwarfForm.Block2 or DwarfForm.Block4 or DwarfForm.Expression;

    public bool IsAddress => Form is DwarfForm.Address or DwarfForm.AddressIndex or (>= DwarfForm.AddressIndex1 and <= DwarfForm.AddressIndex4);
}

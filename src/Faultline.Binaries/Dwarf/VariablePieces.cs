using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

public enum VariablePlace
{
    /// <summary>Not available: the piece was optimised away.</summary>
    None,

    /// <summary>In the register with the DWARF number <see cref="VariablePiece.Value"/>.</summary>
    Register,

    /// <summary>In memory, <see cref="VariablePiece.Value"/> bytes from the frame base, which is the call frame address in Go.</summary>
    Frame,

    /// <summary>In memory, at the address in <see cref="VariablePiece.Register"/> plus <see cref="VariablePiece.Value"/>.</summary>
    RegisterOffset,

    /// <summary>In memory at the link-time address <see cref="VariablePiece.Value"/>.</summary>
    Address,
}

/// <summary>A part of a variable's value and where it lies.</summary>
/// <param name="Size">Bytes; 0 when the piece is all of the variable.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct VariablePiece(VariablePlace Place, long Value, int Register, int Size);

/// <summary>
/// Decodes the expressions that compilers write for places: one register, one address or one offset, a list of pieces of those
/// (DWARF 5, 2.6.1). Anything that computes is left alone.
/// </summary>
internal static class VariablePieces
{
    private const byte AddressCode = 0x03;
    private const byte PlusConstant = 0x23;
    private const byte FirstRegister = 0x50;
    private const byte FirstRegisterOffset = 0x70;
    private const byte RegisterCode = 0x90;
    private const byte FrameOffset = 0x91;
    private const byte RegisterOffsetCode = 0x92;
    private const byte Piece = 0x93;
    private const byte CallFrameAddress = 0x9c;
    private const byte ConstantSigned = 0x11;
    private const byte Plus = 0x22;
    private const int RegisterCount = 32;

    public static IReadOnlyList<VariablePiece> Decode(byte[] expression)
    {
        var pieces = new List<VariablePiece>();
        try
        {
            var cursor = new ByteCursor(expression, "", "DWARF expression");
            while (cursor.Remaining > 0)
            {
                if (!TryReadPlace(ref cursor, out var piece))
                    return [];
                var size = 0;
                if (cursor.Remaining > 0 && piece.Size == 0)
                {
                    if (cursor.ReadByte() != Piece)
                        return [];
                    size = (int)Math.Min(cursor.ReadUvarint(), int.MaxValue);
                }

                pieces.Add(piece with { Size = Math.Max(size, piece.Size) });
            }
        }
        catch (MalformedDataException)
        {
            return [];
        }

        return pieces;
    }

    private static bool TryReadPlace(ref ByteCursor cursor, out VariablePiece piece)
    {
        piece = default;
        var code = cursor.ReadByte();
        switch (code)
        {
            case AddressCode:
                piece = new VariablePiece(VariablePlace.Address, (long)cursor.ReadUInt64(), -1, 0);
                break;
            case >= FirstRegister and < FirstRegister + RegisterCount:
                piece = new VariablePiece(VariablePlace.Register, code - FirstRegister, code - FirstRegister, 0);
                break;
            case RegisterCode:
                var number = (int)Math.Min(cursor.ReadUvarint(), int.MaxValue);
                piece = new VariablePiece(VariablePlace.Register, number, number, 0);
                break;
            case >= FirstRegisterOffset and < FirstRegisterOffset + RegisterCount:
                piece = new VariablePiece(VariablePlace.RegisterOffset, cursor.ReadSvarint(), code - FirstRegisterOffset, 0);
                break;
            case RegisterOffsetCode:
                number = (int)Math.Min(cursor.ReadUvarint(), int.MaxValue);
                piece = new VariablePiece(VariablePlace.RegisterOffset, cursor.ReadSvarint(), number, 0);
                break;
            case FrameOffset:
                piece = new VariablePiece(VariablePlace.Frame, cursor.ReadSvarint(), -1, 0);
                break;
            case CallFrameAddress:
                return TryReadFrameOffset(ref cursor, out piece);
            case Piece:
                piece = new VariablePiece(VariablePlace.None, 0, -1, (int)Math.Min(cursor.ReadUvarint(), int.MaxValue));
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>Go writes "call frame address, constant, plus" in releases that do not use the frame base.</summary>
    private static bool TryReadFrameOffset(ref ByteCursor cursor, out VariablePiece piece)
    {
        piece = new VariablePiece(VariablePlace.Frame, 0, -1, 0);
        if (cursor.Remaining == 0)
            return true;
        switch (cursor.Peek())
        {
            case ConstantSigned:
                cursor.Skip(1);
                piece = piece with { Value = cursor.ReadSvarint() };
                return cursor.Remaining > 0 && cursor.ReadByte() == Plus;
            case PlusConstant:
                cursor.Skip(1);
                piece = piece with { Value = (long)cursor.ReadUvarint() };
                return true;
            default:
                return cursor.Peek() == Piece;
        }
    }
}

using Faultline.Binaries;

namespace Faultline.Runtime.Unwinding;

/// <summary>Tells real return addresses from words that only look like one, by the instruction before them.</summary>
internal sealed class CallSites(GoBinary binary)
{
    private readonly Dictionary<ulong, bool> _known = [];

    // Beyond this many the answers are computed each time: only random words need so many.
    private const int Limit = 64 * 1024;

    /// <summary>Whether a call ends at a link-time address.</summary>
    public bool IsReturnAddress(ulong address)
    {
        if (_known.TryGetValue(address, out var isReturn))
            return isReturn;
        isReturn = binary.Architecture == "arm64" ? FollowsArm64Call(address) : FollowsAmd64Call(address);
        if (_known.Count < Limit)
            _known.Add(address, isReturn);
        return isReturn;
    }

    private bool FollowsArm64Call(ulong address)
    {
        Span<byte> bytes = stackalloc byte[4];
        if ((address & 3) != 0 || binary.Read(address - 4, bytes) != bytes.Length)
            return false;
        var word = BitConverter.ToUInt32(bytes);
        return (word & 0xFC00_0000) == 0x9400_0000 || (word & 0xFFFF_FC1F) == 0xD63F_0000;
    }

    /// <summary><c>E8</c> with a 32-bit distance, or <c>FF /2</c> with any operand: 2 to 7 bytes.</summary>
    private bool FollowsAmd64Call(ulong address)
    {
        Span<byte> bytes = stackalloc byte[7];
        if (binary.Read(address - 7, bytes) != bytes.Length)
            return false;
        if (bytes[2] == 0xE8)
            return true;
        for (var size = 2; size <= 7; size++)
        {
            var instruction = bytes[^size..];
            if (instruction[0] == 0xFF && (instruction[1] & 0x38) == 0x10 && SizeOfOperand(instruction[1], size > 2 ? instruction[2] : (byte)0) == size - 1)
                return true;
        }

        return false;
    }

    /// <summary>Size of the operand bytes of an instruction, ModRM byte included.</summary>
    private static int SizeOfOperand(byte modRm, byte sib)
    {
        var (mode, register) = (modRm >> 6, modRm & 7);
        if (mode == 3)
            return 1;
        var size = register == 4 ? 2 : 1;
        var isBare = mode == 0 && (register == 5 || (register == 4 && (sib & 7) == 5));
        return size + (isBare ? 4 : mode switch { 1 => 1, 2 => 4, _ => 0 });
    }
}

using Faultline.Binaries.GoSym;
using Iced.Intel;

namespace Faultline.Binaries.Code;

/// <summary>Decodes the instructions of one function at a time. Not thread-safe: every user has its own.</summary>
internal sealed class FunctionDecoder
{
    // Longer functions exist only in hostile or generated files; what lies behind is left out.
    private const int FunctionSizeLimit = 16 * 1024 * 1024;

    private readonly GoBinary binary;
    private readonly BufferReader reader = new();
    private readonly Decoder decoder;
    private ulong start;
    private ulong end;

    public FunctionDecoder(GoBinary binary, DecoderOptions options = DecoderOptions.None)
    {
        this.binary = binary;
        decoder = Decoder.Create(64, reader, options);
    }

    /// <summary>The code of the function; shorter than the function when the file is.</summary>
    public ReadOnlySpan<byte> Bytes => reader.Bytes;

    /// <summary>Starts at a function's entry. <see cref="TryDecode"/> then yields its instructions in address order.</summary>
    public void Start(FuncInfo function)
    {
        ulong size = function.End > function.Entry ? Math.Min(function.End - function.Entry, FunctionSizeLimit) : 0;
        int count = reader.Fill(binary, function.Entry, (int)size);
        decoder.IP = start = function.Entry;
        end = function.Entry + (ulong)count;
    }

    /// <summary>The next instruction; false at the end. Bytes that are no instruction decode as invalid and are skipped.</summary>
    public bool TryDecode(out Instruction instruction)
    {
        if (decoder.IP >= end)
        {
            instruction = default;
            return false;
        }
        decoder.Decode(out instruction);
        return true;
    }

    /// <summary>Goes on at an address in the function, which may be one that was passed.</summary>
    public void MoveTo(ulong address)
    {
        reader.MoveTo((int)(address - start));
        decoder.IP = address;
    }

    private sealed class BufferReader : Iced.Intel.CodeReader
    {
        private byte[] buffer = [];
        private int position;
        private int count;

        public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, count);

        public void MoveTo(int offset) => position = offset;

        public int Fill(GoBinary binary, ulong address, int size)
        {
            if (buffer.Length < size)
                buffer = new byte[Math.Max(size, 64 * 1024)];
            count = size == 0 ? 0 : binary.Read(address, buffer.AsSpan(0, size));
            position = 0;
            return count;
        }

        public override int ReadByte() => position < count ? buffer[position++] : -1;
    }
}

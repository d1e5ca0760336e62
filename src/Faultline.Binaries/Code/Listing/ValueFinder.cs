using System.Text;
using Faultline.Binaries.Elf;

namespace Faultline.Binaries.Code.Listing;

/// <summary>
/// Says what the addresses in instructions point to. A string constant has no end of its own, so it is named only where the code puts its
/// length in the register after it.
/// </summary>
internal sealed class ValueFinder
{
    private const int StringLimit = 120;
    private const long LengthLimit = 1 << 20;
    private const int LengthReach = 3;

    private readonly GoBinary binary;
    private readonly Dictionary<ulong, string?> types = [];
    private readonly ulong typesStart;
    private readonly ulong typesEnd;
    private readonly ulong constantsStart;
    private readonly ulong constantsEnd;

    public ValueFinder(GoBinary binary)
    {
        this.binary = binary;
        if (binary.Moduledata is { } module)
            (typesStart, typesEnd) = (module.Types, module.EndOfTypes);
        if (binary.Elf.TryFindSection(".rodata", out ElfSection constants))
            (constantsStart, constantsEnd) = (constants.Address, constants.Address + constants.Size);
    }

    public NamedValue Find(FunctionCode code, int index)
    {
        if (!code.TryGetAddress(index, out ulong address, out int argument))
            return default;
        if (address >= typesStart && address < typesEnd && TypeAt(address) is { } type)
            return new NamedValue(NamedValueKind.Type, type);
        if (address >= constantsStart && address < constantsEnd && argument >= 0 && LengthNear(code, index, argument + 1) is > 0 and var length
            && ReadString(address, length) is { } text)
        {
            return new NamedValue(NamedValueKind.String, text);
        }

        return default;
    }

    private string? TypeAt(ulong address)
    {
        if (!types.TryGetValue(address, out string? name))
            types.Add(address, name = binary.FindType(address)?.Name);
        return name;
    }

    /// <summary>The constant that the code loads into a register next to an instruction; 0 when it loads none.</summary>
    private static long LengthNear(FunctionCode code, int index, int argument)
    {
        for (int distance = 1; distance <= LengthReach; distance++)
        {
            if (Loads(index + distance, out long value) || Loads(index - distance, out value))
                return value;
        }

        return 0;

        bool Loads(int at, out long value)
        {
            value = 0;
            return at >= 0 && at < code.Count && code.TryGetConstant(at, out value, out int loaded) && loaded == argument;
        }
    }

    private string? ReadString(ulong address, long length)
    {
        if (length > LengthLimit || (ulong)length > constantsEnd - address)
            return null;
        Span<byte> bytes = stackalloc byte[StringLimit];
        bytes = bytes[..(int)Math.Min(length, StringLimit)];
        if (binary.Read(address, bytes) != bytes.Length)
            return null;
        bool isCut = length > StringLimit;
        if (isCut)
        {
            // Not in the middle of a character.
            int end = bytes.Length;
            while (end > bytes.Length - 4 && (bytes[end - 1] & 0xC0) == 0x80)
                end--;
            bytes = bytes[..(bytes[end - 1] >= 0xC0 ? end - 1 : end)];
        }

        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            return null;
        string text = Encoding.UTF8.GetString(bytes);
        return isCut ? text + "…" : text;
    }
}

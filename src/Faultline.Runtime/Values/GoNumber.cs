using System.Buffers.Binary;
using System.Globalization;
using Faultline.Binaries.GoSym;

namespace Faultline.Runtime.Values;

/// <summary>Writes numbers as Go's <c>%v</c> does.</summary>
public static class GoNumber
{
    /// <summary>Decimal exponents from which on Go writes <c>1e+21</c>, and below which <c>1e-05</c>.</summary>
    private const int LargestPlainExponent = 21;
    private const int SmallestPlainExponent = -4;

    /// <summary>The text of a value; empty for kinds that are no numbers.</summary>
    public static string Format(GoKind kind, ReadOnlySpan<byte> bytes) => kind switch
    {
        GoKind.Bool => bytes[0] != 0 ? "true" : "false",
        GoKind.Int8 => ((sbyte)bytes[0]).ToString(CultureInfo.InvariantCulture),
        GoKind.Uint8 => bytes[0].ToString(CultureInfo.InvariantCulture),
        GoKind.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        GoKind.Uint16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        GoKind.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        GoKind.Uint32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        GoKind.Int or GoKind.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        GoKind.Uint or GoKind.Uint64 or GoKind.Uintptr => BinaryPrimitives.ReadUInt64LittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        GoKind.Float32 => Format(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        GoKind.Float64 => Format(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        GoKind.Complex64 => Complex(Format(BinaryPrimitives.ReadSingleLittleEndian(bytes)), Format(BinaryPrimitives.ReadSingleLittleEndian(bytes[4..]))),
        GoKind.Complex128 => Complex(Format(BinaryPrimitives.ReadDoubleLittleEndian(bytes)), Format(BinaryPrimitives.ReadDoubleLittleEndian(bytes[8..]))),
        _ => "",
    };

    public static string Format(double value) => double.IsFinite(value) ? Rewrite(value.ToString("E16", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture)) : Special(value);

    public static string Format(float value) => float.IsFinite(value) ? Rewrite(value.ToString("E8", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture)) : Special(value);

    private static string Special(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";

    private static string Complex(string real, string imaginary) =>
        imaginary[0] is '+' or '-' ? $"({real}{imaginary}i)" : $"({real}+{imaginary}i)";

    /// <summary>The shortest digits that give the value back, with the exponent as Go writes it.</summary>
    private static string Rewrite(string scientific, string shortest)
    {
        var exponent = int.Parse(scientific.AsSpan(scientific.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var sign = shortest.StartsWith('-') ? "-" : "";
        var mantissa = shortest.IndexOf('E', StringComparison.Ordinal) is >= 0 and var mark ? shortest[..mark] : shortest;
        var digits = string.Concat(mantissa.Where(char.IsAsciiDigit)).TrimStart('0').TrimEnd('0');
        if (digits.Length == 0)
            return sign + "0";
        if (exponent is < SmallestPlainExponent or >= LargestPlainExponent)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            var size = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{size}";
        }

        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}

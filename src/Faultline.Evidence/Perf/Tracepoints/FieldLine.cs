using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Faultline.Evidence.Perf.Tracepoints;

/// <summary>A line of a <c>format</c> file: <c>field:char prev_comm[16]; offset:8; size:16; signed:0;</c>.</summary>
internal static class FieldLine
{
    private const string DynamicPrefix = "__data_loc ";
    private const string RelativePrefix = "__rel_loc ";

    public static bool TryParse(ReadOnlySpan<char> line, [NotNullWhen(true)] out TracepointField? field)
    {
        field = null;
        ReadOnlySpan<char> declaration = default;
        int offset = -1;
        int size = -1;
        bool isSigned = false;
        foreach (Range range in line.Split(';'))
        {
            ReadOnlySpan<char> part = line[range].Trim();
            int colon = part.IndexOf(':');
            if (colon < 0)
                continue;
            ReadOnlySpan<char> value = part[(colon + 1)..].Trim();
            switch (part[..colon])
            {
                case "field":
                    declaration = value;
                    break;
                case "offset":
                    offset = Number(value);
                    break;
                case "size":
                    size = Number(value);
                    break;
                case "signed":
                    isSigned = value is "1";
                    break;
                default:
                    break;
            }
        }

        if (declaration.IsEmpty || offset < 0 || size < 0)
            return false;
        bool isRelative = declaration.StartsWith(RelativePrefix);
        bool isDynamic = isRelative || declaration.StartsWith(DynamicPrefix);
        ReadOnlySpan<char> rest = isDynamic ? declaration[declaration.IndexOf(' ')..].Trim() : declaration;
        int bracket = rest.LastIndexOf('[');
        ReadOnlySpan<char> named = bracket < 0 || isDynamic ? rest : rest[..bracket].TrimEnd();
        int split = named.LastIndexOfAny(' ', '*', ']') + 1;
        field = new TracepointField(named[split..].ToString(), named[..split].TrimEnd().ToString(), offset, size, isSigned, bracket >= 0 && !isDynamic, isDynamic)
        {
            IsRelative = isRelative,
        };
        return field.Name.Length > 0;
    }

    // Raw data is at most 64 KiB, so larger places mean nothing.
    private static int Number(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= ushort.MaxValue ? value : -1;
}

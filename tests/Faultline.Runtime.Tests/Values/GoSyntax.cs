using System.Globalization;
using System.Text;
using Faultline.Binaries.GoSym;
using Faultline.Runtime.Values;

namespace Faultline.Runtime.Tests.Values;

/// <summary>Writes a value as Go's <c>%#v</c> does, to compare with what the program printed itself.</summary>
internal static class GoSyntax
{
    public static string Write(GoValue value, bool isOutermost = true) => value.Form switch
    {
        ValueForm.Scalar => Scalar(value),
        ValueForm.String => Quote(value.Text),
        ValueForm.Struct => $"{value.TypeName}{{{string.Join(", ", value.Members.Select(member => $"{member.Name}:{Write(member.Value, isOutermost: false)}"))}}}",
        ValueForm.Array or ValueForm.Slice => $"{Spelled(value.TypeName)}{{{string.Join(", ", value.Members.Select(member => Write(member.Value, isOutermost: false)))}}}",
        ValueForm.Pointer when isOutermost && value.Type!.Kind == GoKind.Pointer && value.Members is [{ Value: { Form: ValueForm.Struct } target }] =>
            "&" + Write(target, isOutermost: false),
        ValueForm.Pointer => string.Create(CultureInfo.InvariantCulture, $"({value.TypeName})(0x{value.Target:x})"),
        ValueForm.Interface => Write(value.Members[0].Value, isOutermost),
        ValueForm.Map => $"{Spelled(value.TypeName)}{{{string.Join(", ", value.Members.Select(member => $"{Write(member.Key!, false)}:{Write(member.Value, false)}").Order(StringComparer.Ordinal))}}}",
        ValueForm.Nil when value.Type?.Kind == GoKind.Interface => isOutermost ? "<nil>" : $"{Spelled(value.TypeName)}(nil)",
        ValueForm.Nil when value.Type is { Kind: GoKind.Func or GoKind.Pointer or GoKind.Chan } => $"({Spelled(value.TypeName)})(nil)",
        ValueForm.Nil => $"{Spelled(value.TypeName)}(nil)",
        _ => $"<{value.Form} {value.Text}>",
    };

    private static string Scalar(GoValue value)
    {
        var kind = value.Type!.Kind;
        if (kind is GoKind.Uint or GoKind.Uint8 or GoKind.Uint16 or GoKind.Uint32 or GoKind.Uint64 or GoKind.Uintptr)
            return string.Create(CultureInfo.InvariantCulture, $"0x{ulong.Parse(value.Text, CultureInfo.InvariantCulture):x}");
        return value.Text;
    }

    /// <summary>fmt gives bytes the name that programmers do.</summary>
    private static string Spelled(string type) => type == "[]uint8" ? "[]byte" : type;

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                0 => "\\x00",
                _ => rune.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}

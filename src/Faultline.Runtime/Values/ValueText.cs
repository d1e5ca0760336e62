using System.Globalization;

namespace Faultline.Runtime.Values;

/// <summary>A value of the process on one line, spelled as Go source would have it as far as that goes.</summary>
public static class ValueText
{
    /// <summary>Its text.</summary>
    public static string Of(GoValue value) => value.Form switch
    {
        ValueForm.Scalar => value.Text,
        ValueForm.String => $"\"{value.Text}\"{(value.IsCut ? $"… ({value.Length} bytes)" : "")}",
        ValueForm.Struct => $"{value.TypeName}{{{Join(value, member => $"{member.Name}: {Of(member.Value)}")}}}",
        ValueForm.Array => $"{value.TypeName}{{{Join(value, member => Of(member.Value))}}}",
        ValueForm.Slice => string.Create(CultureInfo.InvariantCulture, $"{value.TypeName}{{{Join(value, member => Of(member.Value))}}} (len {value.Length}, cap {value.Capacity}, array 0x{value.Target:x})"),
        ValueForm.Pointer when value.Members is [var target] => string.Create(CultureInfo.InvariantCulture, $"&{Of(target.Value)} (0x{value.Target:x})"),
        ValueForm.Pointer => string.Create(CultureInfo.InvariantCulture, $"({value.TypeName})(0x{value.Target:x})"),
        ValueForm.Interface => value.Members is [var held] ? $"{value.TypeName}({Of(held.Value)})" : value.TypeName,
        ValueForm.Map => string.Create(CultureInfo.InvariantCulture, $"{value.TypeName}{{{Join(value, member => $"{(member.Key is { } key ? Of(key) : "?")}: {Of(member.Value)}")}}} (len {value.Length}, 0x{value.Target:x})"),
        ValueForm.Channel => string.Create(CultureInfo.InvariantCulture, $"({value.TypeName})(0x{value.Target:x}, len {value.Length}, cap {value.Capacity})"),
        ValueForm.Function => value.Text.Length > 0 ? value.Text : string.Create(CultureInfo.InvariantCulture, $"func at 0x{value.Target:x}"),
        ValueForm.Nil => "nil",
        _ => $"<{value.Text}>",
    };

    private static string Join(GoValue value, Func<GoMember, string> one) =>
        string.Join(", ", value.Members.Select(one)) + (value.IsCut ? value.Members.Count > 0 ? ", …" : "…" : "");
}

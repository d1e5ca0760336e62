using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>What is said of a variable in its entry and in those that it refers to.</summary>
/// <param name="Type">The type's entry; -1 when unknown.</param>
/// <param name="IsResult">True for Go's results (<c>DW_AT_variable_parameter</c>).</param>
/// <param name="Line">One-based; 0 when unknown.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VariableEntry(string Name, int Type, bool IsResult, int Line);

/// <summary>Reads what an entry says itself and what the abstract or declaring entry says that it refers to.</summary>
internal sealed class EntryDescriber(UnitList units)
{
    /// <exception cref="MalformedDataException">An entry cannot be read.</exception>
    public VariableEntry Describe(DwarfUnit unit, in EntryReader entry)
    {
        var (name, type, line) = ("", -1, 0UL);
        var (owner, parameter) = (unit, entry.Find(DwarfAttribute.VariableParameter));
        var current = entry;
        for (var depth = 0; depth < ReadLimits.ReferenceDepth; depth++)
        {
            if (name.Length == 0)
                name = owner.Text(current.Find(DwarfAttribute.Name));
            if (type < 0)
                type = owner.Reference(current.Find(DwarfAttribute.Type)) ?? -1;
            if (line == 0)
                line = current.Find(DwarfAttribute.DeclarationLine).Number;
            if (!parameter.IsPresent)
                parameter = current.Find(DwarfAttribute.VariableParameter);
            if (owner.Reference(current.Find(DwarfAttribute.AbstractOrigin)) is not { } origin || units.Holding(origin) is not { } next)
                break;
            owner = next;
            current = new EntryReader(next, origin);
            if (!current.MoveNext())
                break;
        }

        return new VariableEntry(name, type, parameter.Number != 0, (int)Math.Min(line, int.MaxValue));
    }

    /// <summary>A function's name; empty when it has none.</summary>
    /// <exception cref="MalformedDataException">An entry cannot be read.</exception>
    public string NameOf(DwarfUnit unit, in EntryReader entry) => Function(unit, entry, wantsFile: false, 0).Name;

    /// <summary>A function's name and the file that declares it; empty where unknown.</summary>
    /// <exception cref="MalformedDataException">An entry cannot be read.</exception>
    public (string Name, string File) Function(DwarfUnit unit, in EntryReader entry) => Function(unit, entry, wantsFile: true, 0);

    private (string Name, string File) Function(DwarfUnit owner, in EntryReader entry, bool wantsFile, int depth)
    {
        var file = wantsFile ? owner.FileName(entry.Find(DwarfAttribute.DeclarationFile).Number) : "";
        if (owner.Text(entry.Find(DwarfAttribute.LinkageName)) is { Length: > 0 } linkage)
            return (linkage, file);
        if (owner.Text(entry.Find(DwarfAttribute.Name)) is { Length: > 0 } name)
            return (name, file);
        var reference = owner.Reference(entry.Find(DwarfAttribute.AbstractOrigin)) ?? owner.Reference(entry.Find(DwarfAttribute.Specification));
        if (depth >= ReadLimits.ReferenceDepth || reference is not { } origin || units.Holding(origin) is not { } next)
            return ("", file);
        var target = new EntryReader(next, origin);
        return target.MoveNext() ? Function(next, target, wantsFile, depth + 1) : ("", file);
    }
}

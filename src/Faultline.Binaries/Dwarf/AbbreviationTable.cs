using System.Runtime.InteropServices;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Dwarf;

/// <summary>One attribute of an abbreviation. The constant belongs to <see cref="DwarfForm.ImplicitConstant"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AttributeSpecification(DwarfAttribute Attribute, DwarfForm Form, long Constant);

/// <summary>The shape of a DWARF entry.</summary>
internal sealed record Abbreviation(DwarfTag Tag, bool HasChildren, AttributeSpecification[] Attributes);

/// <summary>The abbreviations of a unit by code (DWARF 5, 7.5.3). Immutable.</summary>
internal sealed class AbbreviationTable
{
    private const string Structure = "DWARF abbreviations";

    private readonly Dictionary<ulong, Abbreviation> _byCode = [];

    public Abbreviation? Find(ulong code) => _byCode.GetValueOrDefault(code);

    /// <exception cref="MalformedDataException">The table breaks off, or is longer than any real one.</exception>
    public static AbbreviationTable Read(DwarfSections sections, ulong offset, ReadBudget budget)
    {
        var table = new AbbreviationTable();
        var cursor = sections.Cursor(sections.Abbreviations, Structure);
        cursor.Seek(offset);
        var attributes = new List<AttributeSpecification>();
        while (cursor.Remaining > 0 && cursor.ReadUvarint() is var code and not 0)
        {
            var tag = (DwarfTag)cursor.ReadUvarint();
            var hasChildren = cursor.ReadByte() != 0;
            attributes.Clear();
            while (true)
            {
                var attribute = (DwarfAttribute)cursor.ReadUvarint();
                var form = (DwarfForm)cursor.ReadUvarint();
                if (attribute == DwarfAttribute.None && form == DwarfForm.None)
                    break;
                var constant = form == DwarfForm.ImplicitConstant ? cursor.ReadSvarint() : 0;
                if (attributes.Count == ReadLimits.AttributeCount)
                    Throw.Malformed(sections.Path, cursor.Offset, Structure, $"one has more than {ReadLimits.AttributeCount} attributes");
                attributes.Add(new AttributeSpecification(attribute, form, constant));
            }

            budget.Spend(attributes.Count + 1);
            table._byCode.TryAdd(code, new Abbreviation(tag, hasChildren, [.. attributes]));
        }

        return table;
    }
}

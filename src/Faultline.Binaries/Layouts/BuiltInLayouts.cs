using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Layouts;

/// <summary>The runtime's structs from the table that was derived from real toolchains.</summary>
internal sealed class BuiltInLayouts(StructLayouts layouts) : ILayoutSource
{
    private const int WordSize = 8;

    public IReadOnlyCollection<string> Names => [.. layouts.All.Select(layout => layout.Name)];

    public StructShape? Find(string name)
    {
        if (layouts.Find(name) is not { } layout)
            return null;
        var fields = new List<LaidField>(layout.Fields.Count);
        var alignment = 1;
        foreach (var field in layout.Fields.OrderBy(field => field.Offset).ThenBy(field => field.Size))
        {
            var inner = Find(InnerOf(layout.Name, field.Name));
            inner = inner?.Size == field.Size ? inner : null;

            // The table has no types; a place can be no better aligned than it is.
            var natural = Math.Min(WordSize, Lowest(field.Offset | field.Size | WordSize));
            fields.Add(new LaidField(field.Name, inner?.Name ?? "", field.Offset, field.Size, natural, IsEmbedded: false, HasPointers: true, inner, 1));
            alignment = Math.Max(alignment, natural);
        }

        return new StructShape(layout.Name, layout.Size, alignment, fields, LayoutOrigin.BuiltIn);
    }

    private static string InnerOf(string structure, string field) => (structure, field) switch
    {
        ("runtime.hchan", "lock") => "runtime.mutex",
        ("runtime.hchan", "recvq" or "sendq") => "runtime.waitq",
        ("runtime.g", "stack") => "runtime.stack",
        ("runtime.g", "sched") => "runtime.gobuf",
        ("sync.RWMutex", "w") => "sync.Mutex",
        _ => "",
    };

    private static int Lowest(long value) => (int)(value & -value);
}

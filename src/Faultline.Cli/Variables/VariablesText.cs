using Faultline.Binaries.Dwarf;
using Faultline.Reports.Text;

namespace Faultline.Cli.Variables;

/// <summary>For people: a variable, then a line for the code of each function that it is in.</summary>
internal static class VariablesText
{
    private const int ShownPlaces = 4;

    public static void Write(VariableAnswer answer, TextWriter writer)
    {
        PlaceText places = new(answer.Binary.Architecture);
        bool isFirst = true;
        foreach (var group in answer.Groups)
        {
            LocalVariable variable = group.First();
            if (!isFirst)
                writer.Write('\n');
            isFirst = false;
            string verdict = Verdict([.. group.Select(VariableAnswer.IsOnHeap).Distinct()]);
            writer.Write($"{PrintableText.Escape(variable.Name)} {verdict}: {(variable.IsParameter ? "a parameter" : "a variable")} of {PrintableText.Escape(variable.Function)}{DeclaredAt(variable)}, {PrintableText.Escape(TypeOf(variable))}\n");
            foreach (LocalVariable copy in group)
            {
                string code = copy.Code == copy.Function ? PrintableText.Escape(copy.Code) : $"{PrintableText.Escape(copy.Code)} (inlined)";
                writer.Write($"  in {code}, 0x{copy.Entry:x}: {(copy.IsByAddress ? "its address is in " : "")}{Places(copy, places)}\n");
            }

            if (VariableAnswer.IsSlice(variable))
                writer.Write("  These are the places of the slice's header; where its array lies DWARF does not say. The compiler does (-gcflags=-m=2), and a core: faultline core BINARY CORE slice ADDR\n");
        }
    }

    /// <summary>The type that the programmer wrote: what DWARF describes of one that is known by its address is a pointer to it.</summary>
    public static string TypeOf(LocalVariable variable) =>
        variable.Type.Length == 0 ? "type unknown" : variable.IsByAddress && variable.Type[0] == '*' ? variable.Type[1..] : variable.Type;

    private static string Verdict(bool?[] onHeap) => onHeap switch
    {
        [true] => "was moved to the heap",
        [false] => "stays in the frame or in registers",
        [null] => "is known by its address (captured by reference, or moved to the heap; the function around the literal tells)",
        _ => "was moved to the heap in some of its code",
    };

    // Go writes no line for the variables of a function where it is inlined.
    private static string DeclaredAt(LocalVariable variable) => variable.Line > 0 ? $", {PrintableText.Escape(variable.File)}:{variable.Line}" : "";

    private static string Places(LocalVariable copy, PlaceText places)
    {
        if (copy.Places.Count == 0)
            return "no place that DWARF tells";
        string more = copy.Places.Count > ShownPlaces ? $"; and {copy.Places.Count - ShownPlaces} more" : "";
        return string.Join("; ", copy.Places.Take(ShownPlaces).Select(places.Of)) + more;
    }
}

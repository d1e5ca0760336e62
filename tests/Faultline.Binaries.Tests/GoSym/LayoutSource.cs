using System.Globalization;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>One build configuration whose struct layouts gdb can read from DWARF.</summary>
public sealed record LayoutSource(int Release, string Variant)
{
    public string Architecture => BuildVariant.Get(Variant).Architecture;

    public IReadOnlyList<string> Experiments => BuildVariant.Get(Variant).Experiment is { Length: > 0 } name ? [name] : [];

    public IReadOnlyList<StructLayout> ReadDwarf()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Oracles", "struct_layouts.py");
        var output = ExternalTool.Run(
            "gdb", ["-nx", "-batch", "-ex", "set auto-load python-scripts off", "-ex", $"file {BinaryMatrix.PathOf(Release, Variant)}", "-x", script]);
        var layouts = new List<StructLayout>();
        var (name, size, fields) = ("", 0, new List<FieldLayout>());
        foreach (var line in output.Split('\n').Append("struct  0"))
        {
            var words = line.Split(' ');
            if (words[0] == "struct")
            {
                if (name.Length > 0)
                    layouts.Add(new StructLayout(name, size, fields));
                (name, size, fields) = (words[1], Number(words[2]), []);
            }
            else if (words[0] == "field")
            {
                fields.Add(new FieldLayout(words[1], Number(words[2]), Number(words[3])));
            }
        }

        return layouts;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Layouts;

/// <summary>The struct types of a binary as gdb reads them from DWARF.</summary>
internal static class GdbLayouts
{
    /// <summary>By name: a line with name and size, then a line a field with name, offset and size.</summary>
    public static Dictionary<string, string> Read(string path)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Oracles", "all_structs.py");
        var output = ExternalTool.Run("gdb", ["-nx", "-batch", "-ex", "set auto-load python-scripts off", "-ex", $"file {path}", "-x", script]);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var (name, text) = ("", new StringBuilder());
        foreach (var line in output.Split('\n'))
        {
            var words = line.Split('\t');
            if (words[0] == "struct")
            {
                Close();
                name = words[1];
                text.Append(CultureInfo.InvariantCulture, $"{name} {words[2]}\n");
            }
            else if (words[0] == "field")
            {
                text.Append(CultureInfo.InvariantCulture, $"  {words[1]} {words[2]}+{words[3]}\n");
            }
        }

        Close();
        return found;

        void Close()
        {
            if (name.Length > 0)
                found[name] = text.ToString();
            text.Clear();
        }
    }
}

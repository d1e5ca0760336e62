using System.Numerics;
using Faultline.Runtime.Maps;

namespace Faultline.Cli.Cores;

/// <summary>Draws the buckets of a map with their chains, or the tables with their groups, as Mermaid or DOT.</summary>
internal static class MapGraph
{
    private const int UnitLimit = 500;

    public static void Write(GoMap map, bool isMermaid, TextWriter writer)
    {
        writer.Write(isMermaid ? "flowchart LR\n" : "digraph map {\n  rankdir=LR; node [shape=box];\n");
        Node("map", $"map 0x{map.Address:x}, {map.Count} entries");
        int count = 0;
        HashSet<string> tables = [];
        foreach (MapUnit unit in map.Units())
        {
            if (count++ >= UnitLimit)
            {
                Node("rest", "further units are left out");
                break;
            }

            string name = $"u{unit.Address:x}";
            string kind = map.Classic is null ? "group" : unit.IsOld ? "old bucket" : unit.Depth > 0 ? "overflow" : "bucket";
            Node(name, $"{kind} {(map.Classic is null ? unit.Depth : (long)unit.Chain)}: {BitOperations.PopCount(unit.Live)}/8{(unit.IsEvacuated ? " evacuated" : "")}");
            if (map.Classic is null && map.Tables.Count > 0)
            {
                string table = $"t{unit.Chain}";
                if (tables.Add(table))
                {
                    Node(table, $"table {unit.Chain}: {map.Tables[(int)unit.Chain].Used}/{map.Tables[(int)unit.Chain].Capacity}");
                    Edge("map", table);
                }

                Edge(table, name);
                continue;
            }

            if (unit.Depth == 0)
                Edge("map", name);
            if (unit.Next != 0 && count < UnitLimit)
                Edge(name, $"u{unit.Next:x}");
        }

        if (!isMermaid)
            writer.Write("}\n");
        writer.Flush();

        void Node(string name, string label) => writer.Write(isMermaid ? $"  {name}[\"{label}\"]\n" : $"  {name} [label=\"{label}\"];\n");

        void Edge(string from, string to) => writer.Write(isMermaid ? $"  {from} --> {to}\n" : $"  {from} -> {to};\n");
    }
}

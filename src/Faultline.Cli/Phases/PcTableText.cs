using Faultline.Binaries;
using Faultline.Reports.Text;

namespace Faultline.Cli.Phases;

/// <summary>For people: a line an instruction; names from the binary are made safe to print.</summary>
internal static class PcTableText
{
    public static void Write(GoBinary binary, IReadOnlyList<PcTableEntry> entries, TextWriter writer)
    {
        foreach (var (function, rows) in entries)
        {
            writer.Write($"{PrintableText.Escape(function.Name)} (0x{function.Entry:x} to 0x{function.End:x})\n");
            writer.Write($"{"PC",-12} {"offset",-8} {"flag",-8} {"phase",-24} {"source",-32} what\n");
            foreach (var row in rows)
            {
                var phase = string.Join('|', PhaseNames.Of(row.Phases));
                var frame = binary.ResolveFrames(row.Address) is [var innermost, ..] ? innermost : default;
                var source = frame.Line > 0 ? $"{Path.GetFileName(frame.File)}:{frame.Line}" : "-";
                var target = row.Target.Length > 0 ? $" {PrintableText.Escape(row.Target)}" : "";
                var line = $"{$"0x{row.Address:x}",-12} {$"+0x{row.Address - function.Entry:x}",-8} {PhaseNames.Of(row.Flag),-8} {(phase.Length > 0 ? phase : "-"),-24} {PrintableText.Escape(source),-32} {PhaseNames.Of(row.Step)}{target}";
                writer.Write(line.TrimEnd());
                writer.Write('\n');
            }
        }
    }
}

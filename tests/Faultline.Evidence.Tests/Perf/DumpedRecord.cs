using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Faultline.Evidence.Tests.Perf;

/// <summary>
/// The records of a recording as <c>perf script -D</c> lists them, in its order: the oracle. Each is one line of text, made the same way from perf's words
/// here and from the reader's model in <see cref="ReadRecord"/>.
/// </summary>
internal static partial class DumpedRecord
{
    private static readonly string[] s_compared =
        ["MMAP", "MMAP2", "COMM", "FORK", "EXIT", "LOST", "LOST_SAMPLES", "SWITCH", "NAMESPACES", "SAMPLE"];

    /// <param name="withOffsets">perf counts differently in unpacked records and in pipes.</param>
    /// <param name="isInOrder">False if perf says that the file's round marks do not keep the order of time.</param>
    public static List<string> Read(string path, bool withOffsets, out bool isInOrder)
    {
        string errors = path + ".errors";
        string text = Recorder.Run("sh", ["-c", $"perf script -D --ns -F pid,tid,time,event,trace -G -i {path} 2>{errors} | grep -av '^\\.  '"]);
        isInOrder = !File.ReadAllText(errors).Contains("out of order events recorded", StringComparison.Ordinal);
        List<string> records = [];
        StringBuilder? current = null;
        foreach (string line in text.Split('\n'))
        {
            Match head = Head().Match(line);
            if (head.Success)
            {
                Finish();
                if (s_compared.Contains(head.Groups["kind"].Value, StringComparer.Ordinal))
                    current = new StringBuilder(Describe(head, withOffsets));
            }
            else if (current is not null && Detail(line) is { } detail)
            {
                current.Append(detail);
                // A group's sample is printed once for each of its events.
                if (Printed().IsMatch(line))
                    Finish();
            }
        }

        Finish();
        return records;

        void Finish()
        {
            if (current is not null)
                records.Add(current.ToString());
            current = null;
        }
    }

    private static string Describe(Match head, bool withOffsets)
    {
        string rest = head.Groups["rest"].Value.Trim().TrimStart(':').Trim();
        string kind = head.Groups["kind"].Value;
        string text = kind switch
        {
            "SAMPLE" => Sample().Replace(rest, "${thread} ip ${ip} period ${period} addr ${addr}"),
            "MMAP" or "MMAP2" => Mapping().Replace(rest, "${thread} ${start} ${size} @ ${offset} ${path}"),
            "LOST" or "LOST_SAMPLES" => rest[(rest.LastIndexOf(':') + 1)..],
            _ => rest,
        };
        string place = withOffsets ? head.Groups["offset"].Value + " " : "";
        return $"{head.Groups["time"].Value} {place}{kind} {text}";
    }

    private static string? Detail(string line)
    {
        if (ChainEntry().Match(line) is { Success: true } entry)
            return " " + entry.Groups["address"].Value.TrimStart('0').PadLeft(1, '0');
        if (Register().Match(line) is { Success: true } register)
            return $" {register.Groups["name"].Value}={Hex(register.Groups["value"].Value)}";
        if (Stack().Match(line) is { Success: true } stack)
            return stack.Groups["size"].Value == "0" ? "" : $" stack={stack.Groups["size"].Value}"; // The kernel could not copy it.
        if (PhysicalAddress().Match(line) is { Success: true } physical)
            return $" phys={Hex(physical.Groups["value"].Value)}";
        if (Printed().Match(line) is { Success: true } printed)
            return $" {printed.Groups["event"].Value} {printed.Groups["trace"].Value.Trim()}".TrimEnd();
        return null;
    }

    private static string Hex(string value) => ulong.Parse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString("x", CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?:(?:-1|[0-9]+) )?(?<time>[0-9]+) (?<offset>0x[0-9a-f]+) \\[0x[0-9a-f]+\\]: PERF_RECORD_(?<kind>[A-Z0-9_]+)(?<rest>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Head();

    [GeneratedRegex("^\\(IP, 0x[0-9a-f]+\\): (?<thread>\\S+): (?<ip>\\S+) period: (?<period>[0-9]+) addr: (?<addr>\\S+)$", RegexOptions.NonBacktracking)]
    private static partial Regex Sample();

    [GeneratedRegex("^(?<thread>\\S+): \\[(?<start>0x[0-9a-f]+)\\((?<size>0x[0-9a-f]+)\\) @ (?<offset>[0-9a-fx]+)[^\\]]*\\]: \\S+ (?<path>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Mapping();

    [GeneratedRegex("^\\.\\.\\.\\.\\. +[0-9]+: (?<address>[0-9a-f]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex ChainEntry();

    [GeneratedRegex("^\\.\\.\\.\\. (?<name>[A-Z0-9]+) +0x(?<value>[0-9a-f]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex Register();

    [GeneratedRegex("^\\.\\.\\. ustack: size (?<size>[0-9]+), offset", RegexOptions.NonBacktracking)]
    private static partial Regex Stack();

    [GeneratedRegex("^ \\.\\. phys_addr: 0x(?<value>[0-9a-f]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex PhysicalAddress();

    [GeneratedRegex("^ *-?[0-9]+/-?[0-9]+ +[0-9]+\\.[0-9]{9}: +(?<event>\\S+):(?<trace>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Printed();
}

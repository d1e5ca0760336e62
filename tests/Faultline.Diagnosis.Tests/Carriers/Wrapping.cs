using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Faultline.Diagnosis.Tests.Carriers;

/// <summary>Wraps a log the way that container runtimes, loggers, test runners and tools do.</summary>
internal static class Wrapping
{
    /// <summary>Every carrier by name.</summary>
    public static IReadOnlyDictionary<string, Func<byte[], WrappedLog>> All { get; } = new Dictionary<string, Func<byte[], WrappedLog>>(StringComparer.Ordinal)
    {
        ["crlf"] = log => EachLine(log, line => line + "\r"),
        ["ansi"] = log => EachLine(log, line => $"\e[31m{line}\e[0m"),
        ["utf16-le"] = log => Encoded(log, Encoding.Unicode),
        ["utf16-be"] = log => Encoded(log, Encoding.BigEndianUnicode),
        ["compose"] = log => EachLine(log, line => "web-1  | " + line),
        ["compose-color"] = log => EachLine(log, line => $"\e[36mweb-1  | \e[0m{line}"),
        ["compose-timestamps"] = log => EachLine(log, line => "shop_web_1  | 2026-11-24T01:54:18.123456789Z " + line),
        ["kubectl"] = log => EachLine(log, line => "[pod/web-5d9c7b6f4-x2x8z/web] " + line),
        ["kubectl-timestamps"] = log => EachLine(log, line => "[pod/web-5d9c7b6f4-x2x8z/web] 2026-11-24T01:54:18.123456789Z " + line),
        ["cri"] = log => EachLine(log, line => "2026-11-24T01:54:18.123456789Z stderr F " + line),
        ["cri-partial"] = log => Pieces(log, 23, (piece, isLast) => $"2026-11-24T01:54:18.123456789+01:00 stderr {(isLast ? 'F' : 'P')} {piece}"),
        ["cri-trimmed"] = log => EachLine(log, line => ("2026-11-24T01:54:18.123456789Z stderr F " + line).TrimEnd(' ')),
        ["docker"] = log => EachLine(log, line => $$"""{"log":{{Quote(line + "\n")}},"stream":"stderr","time":"2026-11-24T01:54:18.123456789Z"}"""),
        ["docker-json-record"] = log => EachLine(log, line => $$"""{"log":{{Quote("{\"level\":\"error\",\"msg\":" + Quote(line) + "}\n")}},"stream":"stderr","time":"2026-11-24T01:54:18Z"}"""),
        ["fluentd"] = log => EachLine(log, line => $$$"""{"stream":"stderr","log":{{{Quote(line)}}},"kubernetes":{"pod_name":"web-0","container_name":"web","labels":{"app":"web"} } }"""),
        ["klog"] = log => EachLine(log, line => "E1124 01:54:18.123456       1 main.go:12] " + line),
        ["syslog-3164"] = log => EachLine(log, line => "<11>Nov 24 01:54:18 host web[123]: " + line),
        ["syslog-3164-no-pid"] = log => EachLine(log, line => "<11>Nov  4 01:54:18 host web: " + line),
        ["syslog-file"] = log => EachLine(log, line => "Nov 24 01:54:18 host web[123]: " + line.Replace("\t", "#011", StringComparison.Ordinal)),
        ["syslog-iso"] = log => EachLine(log, line => "2026-11-24T01:54:18.123456+00:00 host web[123]: " + line),
        ["syslog-5424"] = log => EachLine(log, line => $"<11>1 2026-11-24T01:54:18.123Z host web 123 ID47 [x@1 a=\"b\\\"]\" c=\"]\"] \uFEFF{line}"),
        ["syslog-5424-plain"] = log => EachLine(log, line => "<11>1 2026-11-24T01:54:18.123Z host web 123 - - " + line),
        ["journal-short"] = log => EachLine(log, line => "Nov 24 01:54:18 host web[123]: " + line),
        ["journal-short-precise"] = log => EachLine(log, line => "Nov 24 01:54:18.123456 host web[123]: " + line),
        ["journal-short-iso"] = log => EachLine(log, line => "2026-11-24T01:54:18+0000 host web[123]: " + line),
        ["journal-short-full"] = log => EachLine(log, line => "Tue 2026-11-24 01:54:18 UTC host web[123]: " + line),
        ["journal-export"] = log => Entries(log, line => $"__CURSOR=s=1\n_SYSTEMD_UNIT=web.service\nMESSAGE={line}\n\n", lineCount: 4, textLine: 3),
        ["journal-export-binary"] = log => BinaryEntries([string.Join('\n', LinesOf(log))]),
        ["journal-export-colour"] = log => BinaryEntries(LinesOf(log).Select(line => $"\e[31m{line}\e[0m")),
        ["journal-json"] = log => EachLine(log, line => $$"""{"__CURSOR":"s=1","PRIORITY":"6","_SYSTEMD_UNIT":"web.service","MESSAGE":{{Quote(line)}},"_PID":"123"}"""),
        ["journal-json-bytes"] = log => EachLine(log, line => $$"""{ "_PID" : "123", "MESSAGE" : [ {{string.Join(", ", Encoding.UTF8.GetBytes(line))}} ], "_SYSTEMD_UNIT" : "web.service" }"""),
        ["rfc3339"] = log => EachLine(log, line => "2026-11-24T01:54:18Z " + line),
        ["go-log"] = log => EachLine(log, line => "2026/11/24 01:54:18.123456 " + line),
        ["date-time"] = log => EachLine(log, line => "2026-11-24 01:54:18,123 " + line),
        ["date-time-zone"] = log => EachLine(log, line => "2026-11-24 01:54:18 +0000 " + line),
        ["date-time-brackets"] = log => EachLine(log, line => "[2026-11-24 01:54:18.123] " + line),
        ["clock"] = log => EachLine(log, line => "01:54:18 " + line),
        ["ts"] = log => EachLine(log, line => "Nov 24 01:54:18 " + line),
        ["github-actions"] = log => EachLine(log, line => "2026-11-24T01:54:18.1234567Z " + line),
        ["zap"] = log => EachLine(log, line => $$"""{"level":"error","ts":1774317258.12,"caller":"run/run.go:17","msg":{{Quote(line)}} }"""),
        ["zerolog"] = log => EachLine(log, line => $$"""{"level":"error","time":"2026-11-24T01:54:18Z","message":{{Quote(line)}} }"""),
        ["slog-attribute"] = log => OneLine(log, text => $$"""{"time":"2026-11-24T01:54:18Z","level":"ERROR","msg":"crashed","output":{{Quote(text)}} }"""),
        ["slog-message"] = log => OneLine(log, text => $$"""{"time":"2026-11-24T01:54:18Z","level":"ERROR","msg":{{Quote(text)}} }"""),
        ["stackdriver"] = log => EachLine(log, line => $$$"""{"insertId":"1","resource":{"type":"k8s_container","labels":{"pod_name":"web-0","container_name":"web"}},"severity":"ERROR","textPayload":{{{Quote(line)}}} }"""),
        ["stackdriver-payload"] = log => OneLine(log, text => $$$"""{"insertId":"1","severity":"ERROR","jsonPayload":{"message":{{{Quote(text)}}} }}"""),
        ["go-test-json"] = log => Chunks(log, 37, chunk => $$"""{"Time":"2026-11-24T01:54:18.1Z","Action":"output","Package":"example.com/web","Test":"TestWeb","Output":{{Quote(chunk)}} }"""),
        ["indented"] = log => EachLine(log, line => "    " + line),
        ["wrapped-80"] = log => Folded(log, 80, byColumns: true, line => line),
        ["wrapped-80-bytes"] = log => Folded(log, 80, byColumns: false, line => line),
        ["wrapped-100-crlf"] = log => Folded(log, 100, byColumns: true, line => line + "\r"),
        ["wrapped-120"] = log => Folded(log, 120, byColumns: true, line => line),
        ["wrapped-132-cri"] = log => Folded(log, 132, byColumns: false, line => "2026-11-24T01:54:18.123456789Z stderr F " + line),
        ["wrapped-96-docker"] = log => Folded(log, 96, byColumns: false, line => $$"""{"log":{{Quote(line + "\n")}},"stream":"stderr","time":"2026-11-24T01:54:18.123456789Z"}"""),
        ["gzip"] = log => Packed(log, Gzip),
        ["gzip-members"] = log => Packed(log, bytes => [.. Gzip(bytes[..(bytes.Length / 2)]), .. Gzip(bytes[(bytes.Length / 2)..])]),
        ["zstd"] = log => Packed(log, bytes => Tool("zstd", bytes)),
        ["xz"] = log => Packed(log, bytes => Tool("xz", bytes)),
        ["gzip-tool"] = log => Packed(log, bytes => Tool("gzip", bytes)),
        ["gzip-of-docker"] = log => Over(All!["docker"](log), Gzip),
        ["zstd-of-gzip-of-utf16"] = log => Over(All!["utf16-le"](log), bytes => Tool("zstd", Gzip(bytes))),
        ["compose-of-zap"] = log => EachLine(log, line => $$"""web-1  | {"level":"error","msg":{{Quote(line)}} }"""),
    };

    /// <summary>The lines of a log without their line feeds.</summary>
    public static string[] LinesOf(byte[] log)
    {
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(log);
        return (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
    }

    public static string Quote(string text) => JsonSerializer.Serialize(text);

    private static WrappedLog EachLine(byte[] log, Func<string, string> wrap)
    {
        string[] lines = LinesOf(log);
        return new WrappedLog(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => wrap(line) + "\n"))), [.. Enumerable.Range(0, lines.Length + 1)]);
    }

    private static WrappedLog Entries(byte[] log, Func<string, string> wrap, int lineCount, int textLine)
    {
        string[] lines = LinesOf(log);
        return new WrappedLog(Encoding.UTF8.GetBytes(string.Concat(lines.Select(wrap))), [0, .. Enumerable.Range(0, lines.Length).Select(index => (long)(index * lineCount) + textLine)]);
    }

    /// <summary>Entries of the journal whose messages are in binary form, behind a field that only looks like one.</summary>
    private static WrappedLog BinaryEntries(IEnumerable<string> messages)
    {
        List<byte> file = [];
        List<long> numbers = [0];
        long number = 1;
        foreach (string message in messages)
        {
            Add("__CURSOR=s=1\nCOREDUMP_PROC_LIMITS\n");
            AddField("panic: ab\n");
            Add("MESSAGE\n");
            AddField(message, isLog: true);
            Add("_SYSTEMD_UNIT=web.service\n\n");
        }

        return new WrappedLog([.. file], numbers);

        void AddField(string text, bool isLog = false)
        {
            // The size may hold bytes that are line feeds.
            byte[] size = BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(text));
            file.AddRange(size);
            number += size.Count(value => value == '\n');
            if (isLog)
                numbers.AddRange(Enumerable.Range(0, text.Count(letter => letter == '\n') + 1).Select(line => number + line));
            Add(text + "\n");
        }

        void Add(string text)
        {
            file.AddRange(Encoding.UTF8.GetBytes(text));
            number += text.Count(letter => letter == '\n');
        }
    }

    private static WrappedLog OneLine(byte[] log, Func<string, string> wrap)
    {
        string[] lines = LinesOf(log);
        return new WrappedLog(Encoding.UTF8.GetBytes("{\"msg\":\"started\"}\n" + wrap(string.Join('\n', lines)) + "\n"), [.. Enumerable.Repeat(2L, lines.Length + 1)]);
    }

    private static WrappedLog Pieces(byte[] log, int size, Func<string, bool, string> wrap)
    {
        List<long> numbers = [0];
        StringBuilder text = new();
        long number = 1;
        foreach (string line in LinesOf(log))
        {
            numbers.Add(number);
            for (int at = 0; at == 0 || at < line.Length; at += size, number++)
                text.Append(wrap(line[at..Math.Min(line.Length, at + size)], at + size >= line.Length)).Append('\n');
        }

        return new WrappedLog(Encoding.UTF8.GetBytes(text.ToString()), numbers);
    }

    /// <summary>Breaks lines as <c>fold</c> does: a tab goes to the next of the stops, which are 8 columns apart.</summary>
    private static WrappedLog Folded(byte[] log, int width, bool byColumns, Func<string, string> wrap)
    {
        List<long> numbers = [0];
        StringBuilder text = new();
        long number = 1;
        foreach (string line in LinesOf(log))
        {
            numbers.Add(number);
            StringBuilder piece = new();
            int column = 0;
            foreach (Rune rune in line.EnumerateRunes())
            {
                int size = !byColumns ? rune.Utf8SequenceLength : rune.Value == '\t' ? 8 - (column % 8) : 1;
                if (column + size > width)
                {
                    text.Append(wrap(piece.ToString())).Append('\n');
                    number++;
                    piece.Clear();
                    column = 0;
                }

                piece.Append(rune.ToString());
                column += size;
            }

            text.Append(wrap(piece.ToString())).Append('\n');
            number++;
        }

        return new WrappedLog(Encoding.UTF8.GetBytes(text.ToString()), numbers);
    }

    private static WrappedLog Chunks(byte[] log, int size, Func<string, string> wrap)
    {
        string all = string.Concat(LinesOf(log).Select(line => line + "\n"));
        List<long> numbers = [0, 1];
        for (int at = 0; at < all.Length - 1; at++)
        {
            if (all[at] == '\n')
                numbers.Add(((at + 1) / size) + 1);
        }

        return new WrappedLog(Encoding.UTF8.GetBytes(string.Concat(all.Chunk(size).Select(chunk => wrap(new string(chunk)) + "\n"))), numbers);
    }

    private static WrappedLog Encoded(byte[] log, Encoding encoding)
    {
        WrappedLog plain = EachLine(log, line => line);
        return plain with { Bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(Encoding.UTF8.GetString(plain.Bytes))] };
    }

    private static WrappedLog Packed(byte[] log, Func<byte[], byte[]> pack) => Over(EachLine(log, line => line), pack);

    private static WrappedLog Over(WrappedLog inner, Func<byte[], byte[]> pack) => inner with { Bytes = pack(inner.Bytes) };

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>Packs with the real tool, through files, because these are small.</summary>
    private static byte[] Tool(string tool, byte[] bytes)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            using Process process = Process.Start(new ProcessStartInfo(tool, ["-c", path]) { UseShellExecute = false, RedirectStandardOutput = true })!;
            using MemoryStream packed = new();
            process.StandardOutput.BaseStream.CopyTo(packed);
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{tool} ended with {process.ExitCode}"));
            return packed.ToArray();
        }
        finally
        {
            File.Delete(path);
        }
    }
}

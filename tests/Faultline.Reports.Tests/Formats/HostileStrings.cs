namespace Faultline.Reports.Tests.Formats;

/// <summary>Texts that mean something to a format, a terminal or a browser.</summary>
internal static class HostileStrings
{
    public static IReadOnlyList<string> All { get; } =
    [
        "<script>alert(1)</script>", "</details></summary><img src=x onerror=alert(1)>", "<!-- open", "--> closed", "<a href=\"javascript:alert(1)\">x</a>",
        "]]>", "<![CDATA[x", "&lt;&amp;&#x1b;&nbsp;", "<?xml version=\"1.0\"?>", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
        "\e[2J\e[31mred", "\e]0;title\a", "\u009b31m", "\u202eevil\u202c", "\u2066hidden\u2069\u200b\ufeff",
        "[click](javascript:alert(1))", "![x](https://example.com/x.png)", "[x]: https://example.com", "https://example.com/track www.example.com", "@everyone #1 GH-1 :tada: user@example.com",
        "| a | b |\n| --- | --- |", "` `` ``` ````", "```\n</details>", "~~~\n# heading", "# heading\n- item\n1. item\n> quote",
        "**bold** __bold__ ~~gone~~ $x$ $$y$$", "***", "---", "===", "\\",
        "::error file=x.go,line=1::forged", "\n::set-output name=x::y", "%0A::warning::forged%0D", "a,b:c=d", "::stop-commands::x",
        "line\nline\r\nline\u2028line\u2029line", "nul\0nul", "\ud800lone", "lone\udc00\ud83d", "\ufffe\uffff",
        "\"quoted\" 'single'", "\"]; evil [label=\"x", "\\N \\G \\n \\\" \\\\", "<b>label</b>", "}\ndigraph y {",
        "%%{init: {\"theme\":\"dark\"}}%%", "%% comment", "end", "\"] --> click n0 \"javascript:alert(1)\"", "#quot; #35; #lt;", "classDef x fill:#f00;\nclass n0 x",
        "{0} {1} {{x}} ${x} {{{y}}}", "](1) [link](2)", "../../etc/passwd", "C:\\windows\\system32:1", "file:///etc/passwd?x=y#z", "\t\v\f\b", " ", "",
        "{\"kind\":\"fault\"}\n", "😀🏴‍☠️é́́́", new string('A', 100_000), new string('|', 5_000), new string('`', 5_000), new string('[', 3_000),
    ];
}

using System.Diagnostics;
using System.Globalization;

namespace Faultline.Binaries.Tests.Code.Listing;

/// <summary>One instruction as another disassembler prints it.</summary>
/// <param name="Place">File name and line; empty where the tool has none.</param>
/// <param name="Bytes">In hexadecimal as printed: bytes, or a word.</param>
public sealed record ListedLine(ulong Address, string Place, string Bytes, string Text)
{
    /// <summary>What <c>go tool objdump</c> prints of a binary, in its order.</summary>
    public static IEnumerable<ListedLine> OfObjdump(string objdump, string binary)
    {
        foreach (var line in Lines(objdump, [binary]))
        {
            var columns = line.Split('\t', StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith("  ", StringComparison.Ordinal) && columns.Length >= 3)
                yield return new ListedLine(Hex(columns[1].AsSpan(2)), columns[0].Trim(), columns[2], columns.Length > 3 ? columns[3].Trim() : "?");
        }
    }

    /// <summary>What GNU <c>objdump</c> or <c>llvm-objdump</c> prints between two addresses; what is no instruction of one line is left out.</summary>
    public static IEnumerable<ListedLine> OfBinutils(string objdump, string binary, ulong start, ulong end, params string[] options)
    {
        foreach (var line in Lines(objdump, ["-d", .. options, $"--start-address=0x{start:x}", $"--stop-address=0x{end:x}", binary]))
        {
            var columns = line.Split('\t');
            if (columns.Length >= 2 && columns[0].TrimEnd().EndsWith(':') && ulong.TryParse(columns[0].AsSpan().Trim()[..^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var address))
                yield return new ListedLine(address, "", columns[1].Trim(), string.Join(' ', columns[2..]).Trim());
        }
    }

    private static IEnumerable<string> Lines(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        while (process.StandardOutput.ReadLine() is { } line)
            yield return line;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }

    private static ulong Hex(ReadOnlySpan<char> text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

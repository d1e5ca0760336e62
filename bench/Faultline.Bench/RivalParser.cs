using System.Diagnostics;
using System.Globalization;

namespace Faultline.Bench;

/// <summary>Another parser, as a program that parses the log named by its last argument and prints three numbers: seconds, processor seconds, peak megabytes.</summary>
internal static class RivalParser
{
    public static Measurement Run(string command, string log)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], [.. words[1..], log]) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double[] numbers = [.. output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(3).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        return numbers is [var seconds, var cpuSeconds, var peak]
            ? new Measurement(seconds, cpuSeconds, peak)
            : throw new InvalidDataException($"{words[0]} printed \"{output}\" instead of three numbers");
    }
}

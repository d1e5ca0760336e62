using System.Diagnostics;
using System.Globalization;

namespace Faultline.Bench;

/// <summary>Another parser, as a program that prints the seconds it took for the log named by its last argument.</summary>
internal static class RivalParser
{
    public static Measurement Run(string command, string log)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], [.. words[1..], log]) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string[] numbers = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        double peak = numbers.Length > 1 ? double.Parse(numbers[1], CultureInfo.InvariantCulture) : 0;
        return new Measurement(double.Parse(numbers[0], CultureInfo.InvariantCulture), peak);
    }
}

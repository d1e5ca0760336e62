using System.Buffers;

namespace Faultline.Diagnosis.Incidents;

/// <summary>Spells paths so that a command can be copied into a shell.</summary>
public static class Shell
{
    private static readonly SearchValues<char> Plain
        = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=+,@%");

    public static string Quote(string word)
        => word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain)
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>A program to run: a bare file name gets <c>./</c> in front.</summary>
    public static string QuoteCommand(string path)
        => Quote(path.Contains('/', StringComparison.Ordinal) ? path : "./" + path);
}

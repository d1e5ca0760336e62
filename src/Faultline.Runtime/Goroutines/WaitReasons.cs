using System.Globalization;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Goroutines;

/// <summary>
/// The texts of <c>g.waitreason</c>. The numbers change with almost every release, so the process's own array of texts is asked first; a
/// stripped program has none that can be found, and the table of its release stands in.
/// </summary>
public sealed class WaitReasons
{
    private const int CountLimit = 256;
    private const int TextLimit = 128;
    private const string ResourceName = "WaitReasons.txt";

    private readonly string[] _texts;

    private WaitReasons(string[] texts) => _texts = texts;

    /// <summary>The text of a value; <c>wait reason N</c> for a value without one.</summary>
    public string this[byte value] =>
        value < _texts.Length ? _texts[value] : string.Create(CultureInfo.InvariantCulture, $"wait reason {value}");

    public int Count => _texts.Length;

    /// <param name="arrayAddress">Where <c>runtime.waitReasonStrings</c> lies; 0 when unknown.</param>
    /// <param name="arraySize">Its size in bytes.</param>
    public static WaitReasons Read(TargetMemory memory, ulong arrayAddress, ulong arraySize, int release)
    {
        var known = FromTable(release);
        if (arrayAddress == 0 || arraySize == 0)
            return known;
        var texts = new string[(int)Math.Min(arraySize / 16, CountLimit)];
        for (var index = 0; index < texts.Length; index++)
        {
            if (memory.TryReadString(arrayAddress + ((ulong)index * 16), TextLimit) is not { } text)
                return known;
            texts[index] = text;
        }

        return new WaitReasons(texts);
    }

    /// <summary>The texts of a release; those of the newest known one for later ones.</summary>
    public static WaitReasons FromTable(int release)
    {
        using var stream = typeof(WaitReasons).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The resource {ResourceName} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var texts = Array.Empty<string>();
        while (reader.ReadLine() is { } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line.StartsWith('#') || colon < 0 || int.Parse(line.AsSpan(0, colon), CultureInfo.InvariantCulture) > release && texts.Length > 0)
                continue;
            texts = line[(colon + 2)..].Split('|');
        }

        return new WaitReasons(texts);
    }
}

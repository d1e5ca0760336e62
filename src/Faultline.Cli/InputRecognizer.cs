namespace Faultline.Cli;

/// <summary>What an input is, as far as its first bytes tell.</summary>
internal enum InputKind
{
    /// <summary>Text, or anything else that may hold a traceback.</summary>
    Log,

    /// <summary>An ELF program.</summary>
    Binary,

    /// <summary>An ELF core dump.</summary>
    Core,

    Gzip,
    Zstandard,
    Xz,
}

/// <summary>Tells inputs apart by content, never by name.</summary>
internal static class InputRecognizer
{
    /// <summary>How many bytes <see cref="Recognize"/> wants to see; fewer are fine when the input is shorter.</summary>
    public const int HeadSize = 64;

    private const int ElfTypeOffset = 16;
    private const byte CoreType = 4;

    public static InputKind Recognize(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\u007fELF"u8))
            return head.Length > ElfTypeOffset + 1 && (head[ElfTypeOffset] | head[ElfTypeOffset + 1]) == CoreType ? InputKind.Core : InputKind.Binary;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return InputKind.Gzip;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
            return InputKind.Zstandard;
        return head.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? InputKind.Xz : InputKind.Log;
    }
}

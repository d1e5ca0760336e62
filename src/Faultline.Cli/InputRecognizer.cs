using Faultline.Evidence.Perf;

namespace Faultline.Cli;

/// <summary>What an input is, as far as its first bytes tell.</summary>
internal enum InputKind
{
    /// <summary>Text, packed or not, or anything else that may hold a traceback.</summary>
    Log,

    /// <summary>An ELF program.</summary>
    Binary,

    /// <summary>An ELF core dump.</summary>
    Core,

    /// <summary>A recording of <c>perf record</c>.</summary>
    Recording,
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
        return PerfRecording.IsPerfData(head) ? InputKind.Recording : InputKind.Log;
    }
}

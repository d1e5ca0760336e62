using Faultline.Binaries.Reading;
using Faultline.Binaries.Tests.Builders;

namespace Faultline.Binaries.Tests.Elf;

/// <summary>Files that are refused, with a sentence that says what they are.</summary>
public sealed class ForeignFormatTests
{
    public static TheoryData<byte[], string> Files { get; } = new()
    {
        { [], "empty" },
        { "\u007fELF"u8.ToArray(), "ends inside its identification" },
        { [0x7f, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1], "32-bit" },
        { [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 2, 1], "big-endian" },
        { [0x7f, (byte)'E', (byte)'L', (byte)'F', 9, 1, 1], "class 9" },
        { [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1], "needs 64 bytes" },
        { "MZ\0\0"u8.ToArray(), "Windows" },
        { "#!/bin/sh\n"u8.ToArray(), "script" },
        { "!<arch>\n/ 0"u8.ToArray(), "archive" },
        { [0xcf, 0xfa, 0xed, 0xfe, 7], "macOS" },
        { [0xfe, 0xed, 0xfa, 0xce, 7], "macOS" },
        { [0xca, 0xfe, 0xba, 0xbe, 7], "macOS" },
        { [0x1f, 0x8b, 8], "compressed" },
        { "fatal error: all goroutines are asleep"u8.ToArray(), "no ELF" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Foreign_files_are_named(byte[] content, string words)
    {
        using var directory = new TemporaryDirectory();

        var refusal = Assert.Throws<MalformedDataException>(() => GoBinary.Open(directory.Write(content)));

        Assert.Contains(words, refusal.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "never linked")]
    [InlineData(4, "core dump")]
    [InlineData(9, "file type 9")]
    public void Other_kinds_of_ELF_are_named(int type, string words)
    {
        using var directory = new TemporaryDirectory();
        var path = new ElfBuilder { Type = type }.Segment(1, 0, 0x400000, 64).Write(directory);

        Assert.Contains(words, Assert.Throws<MalformedDataException>(() => GoBinary.Open(path)).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_directories_are_input_output_errors()
    {
        using var directory = new TemporaryDirectory();

        Assert.IsNotType<MalformedDataException>(Assert.ThrowsAny<IOException>(() => GoBinary.Open(Path.Combine(directory.Root, "absent"))));
        Assert.Contains("is a directory", Assert.ThrowsAny<IOException>(() => GoBinary.Open(directory.Root)).Message, StringComparison.Ordinal);
    }
}

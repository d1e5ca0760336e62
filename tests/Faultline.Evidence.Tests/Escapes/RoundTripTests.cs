using System.Text;
using Faultline.Evidence.Escapes;
using Faultline.Samples;

namespace Faultline.Evidence.Tests.Escapes;

/// <summary>What eight compilers print while they build large packages: every line is understood, and written back it is the same line.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Versions { get; } = [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_line_of_a_build_is_understood_and_written_back_as_it_was(string version)
    {
        BuildOutput output = BuildOutput.OfStandardLibrary(Toolchain.TryFind(version)!, "-m=2");
        EscapeLineWriter writer = new();
        long[] counts = new long[EscapeKinds.Count];
        foreach (string text in File.ReadLines(output.Path))
        {
            byte[] line = Encoding.UTF8.GetBytes(text);
            Assert.True(EscapeLine.TryRead(line, out EscapeLine read), $"not understood: {text}");
            counts[(int)read.Kind]++;
            writer.Write(read);
            // The body of a function that can be inlined is a part as well, so nothing is left out of the comparison.
            if (!writer.Span.SequenceEqual(line))
                Assert.Equal(text, Encoding.UTF8.GetString(writer.Span));
        }

        Assert.Equal(0, counts[(int)EscapeKind.Other] + counts[(int)EscapeKind.Trace]);
        Assert.Equal(BuildOutput.LargePackages.Count, counts[(int)EscapeKind.Package]);
        foreach (EscapeKind kind in Usual)
            Assert.True(counts[(int)kind] > 0, $"no line of kind {kind}");
        AssertSameAsReader(output, counts);
    }

    /// <summary>Heads and their lines are counted by other means: an explanation has at least one flow, every flow a colon at its end.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void Kinds_are_counted_as_a_search_for_their_words_counts_them(string version)
    {
        string[] lines = File.ReadAllLines(BuildOutput.OfStandardLibrary(Toolchain.TryFind(version)!, "-m=2").Path);
        EscapeLog log = Read(BuildOutput.OfStandardLibrary(Toolchain.TryFind(version)!, "-m=2"));
        AssertCount(EscapeKind.Flow, ":   flow: ");
        AssertCount(EscapeKind.FlowStep, ":     from ");
        AssertCount(EscapeKind.MovedToHeap, "moved to heap: ");
        AssertCount(EscapeKind.CanInline, ": can inline ");
        AssertCount(EscapeKind.InlinedCall, ": inlining call to ");
        AssertCount(EscapeKind.LeaksContent, ": leaking param content: ");
        AssertCount(EscapeKind.LeakReason, ": parameter ");
        Assert.Equal(lines.Length, log.LineCount);
        Assert.Equal(lines.LongCount(line => line.Contains(" capturing by ", StringComparison.Ordinal) && line.Contains(" (addr=", StringComparison.Ordinal)), log.Count(EscapeKind.Capture));
        Assert.Equal(log.Count(EscapeKind.EscapeReason), log.Reasons.Sum(reason => reason.Count));

        void AssertCount(EscapeKind kind, string words) => Assert.Equal(lines.LongCount(line => line.Contains(words, StringComparison.Ordinal)), log.Count(kind));
    }

    internal static EscapeLog Read(BuildOutput output, EscapeLogOptions? options = null)
    {
        using FileStream stream = File.OpenRead(output.Path);
        return EscapeLogReader.Read(stream, output.Path, options);
    }

    private static EscapeKind[] Usual { get; } =
    [
        EscapeKind.MovedToHeap, EscapeKind.EscapesToHeap, EscapeKind.DoesNotEscape, EscapeKind.LeaksToHeap, EscapeKind.LeaksContent, EscapeKind.LeaksToResult,
        EscapeKind.EscapeReason, EscapeKind.LeakReason, EscapeKind.Flow, EscapeKind.FlowStep, EscapeKind.Capture, EscapeKind.CanInline, EscapeKind.CannotInline,
        EscapeKind.InlinedCall, EscapeKind.Devirtualized, EscapeKind.SelfAssignment,
    ];

    private static void AssertSameAsReader(BuildOutput output, long[] counts)
    {
        EscapeLog log = Read(output);
        Assert.Equal(counts, log.Counts);
        Assert.Empty(log.Diagnostics);
        Assert.Equal(BuildOutput.LargePackages.Order(StringComparer.Ordinal), log.Packages.Select(package => package.Name).Order(StringComparer.Ordinal));
        Assert.Equal(counts.Sum() - counts[(int)EscapeKind.Package], log.Packages.Sum(package => package.Lines));
    }
}

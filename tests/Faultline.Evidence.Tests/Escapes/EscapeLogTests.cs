using System.Globalization;
using System.Text.Json;
using Faultline.Evidence.Escapes;
using Faultline.Samples;

namespace Faultline.Evidence.Tests.Escapes;

/// <summary>One small program, all compilers: what moved and why, who holds it, what leaks, in every form that logs have.</summary>
public sealed class EscapeLogTests
{
    public static TheoryData<string> Versions => SharedProgram.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public void Variables_that_goroutines_share_are_found_with_the_literals_that_hold_them(string version)
    {
        EscapeIndex index = new(SharedProgram.Read(SharedProgram.Build(version, "-gcflags=-m=2")));
        Assert.Empty(index.Log.Diagnostics);
        AssertMoved(index, "done", "var done", 2, ClosureFate.GoOrDefer);
        AssertMoved(index, "total", "total := 0", 2, ClosureFate.Passed);
        AssertMoved(index, "hits", "hits := 0", 1, ClosureFate.GoOrDefer);
        AssertMoved(index, "next", "next := 0", 1, ClosureFate.Returned);
        // Since Go 1.22 the function that the compiler makes for "go f(x)" has a name that tells a go statement from a defer.
        ClosureFate started = Version.Parse(version) >= new Version(1, 22) ? ClosureFate.Go : ClosureFate.GoOrDefer;
        AssertMoved(index, "n", "n := 0", 1, started);
        AssertMoved(index, "c", "c := counter{} // moved: the receiver", 1, started);
        EscapeVariable hits = Variable(index, "hits := 0");
        Assert.Equal(SharedProgram.LineOf("hits++"), hits.Captures[0].Use.Line);
        Assert.Equal("direct.func1", hits.Captures[0].Closure!.Name);
        Assert.Equal(("direct", 8), (hits.Function, hits.Width));
        Assert.Equal([SharedProgram.LineOf("pair(func()"), SharedProgram.LineOf("pair(func()")], Variable(index, "total := 0").Captures.Select(capture => capture.Closure!.Place.Line));
        Assert.StartsWith("pair(", Variable(index, "total := 0").Captures[0].Closure!.Expression, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Of_slices_the_log_says_where_their_arrays_are(string version)
    {
        EscapeIndex index = new(SharedProgram.Read(SharedProgram.Build(version, "-gcflags=-m=2")));
        EscapeVariable data = Variable(index, "data := make");
        Assert.False(data.IsMoved);
        Assert.True(Assert.Single(data.Captures).IsByValue);
        EscapeExplanation array = Assert.Single(data.Contents);
        Assert.Equal(("make([]int, 10)", SharedProgram.LineOf("data := make")), (array.Head.Subject, array.Head.Place.Line));
        Assert.Equal(["data", "{storage for func literal}"], array.Flows.Select(flow => flow.Target));
        Assert.Equal([-1, 0], array.Flows.Select(flow => flow.Derefs));
        Assert.Equal(["spill", "assign", "captured by a closure"], array.Steps.Select(step => step.Reason));

        EscapeAnswer few = At(index, "few := make");
        Assert.Equal([EscapeKind.DoesNotEscape], few.Facts.Select(fact => fact.Kind));
        Assert.Equal("make([]int, 3)", few.Facts[0].Subject);
        Assert.Contains(At(index, "func sized").Facts, fact => fact is { Kind: EscapeKind.EscapesToHeap, Subject: "make([]int, n)" });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Parameters_leak_to_results_and_to_the_heap(string version)
    {
        EscapeIndex index = new(SharedProgram.Read(SharedProgram.Build(version, "-gcflags=-m=2")));
        EscapeFact leak = Assert.Single(At(index, "func leak").Facts, fact => fact.Kind == EscapeKind.LeaksToResult);
        Assert.Equal(("c", "~r0", 0), (leak.Subject, leak.Object, leak.Number));
        EscapeExplanation why = Assert.Single(At(index, "func keep").Explanations);
        Assert.Equal((EscapeKind.LeakReason, "c", "{heap}"), (why.Head.Kind, why.Head.Subject, why.Head.Object));
        Assert.Equal("kept = c", Assert.Single(why.Steps).Expression);
        Assert.Contains(At(index, "func keep").Facts, fact => fact.Kind == EscapeKind.LeaksToHeap);
        Assert.Contains(At(index, "func work").Facts, fact => fact is { Kind: EscapeKind.DoesNotEscape, Subject: "p" });
        Assert.Contains(At(index, "a.add(len").Facts, fact => fact.Kind == EscapeKind.Devirtualized);
        Assert.Contains(At(index, "keep(leak").Facts, fact => fact is { Kind: EscapeKind.InlinedCall, Subject: "leak" });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void All_levels_of_m_are_read_and_the_least_says_what_it_lacks(string version)
    {
        EscapeLog two = SharedProgram.Read(SharedProgram.Build(version, "-gcflags=-m=2"));
        EscapeLog one = SharedProgram.Read(SharedProgram.Build(version, "-gcflags=-m"));
        EscapeLog repeated = SharedProgram.Read(SharedProgram.Build(version, "-gcflags=-m -m"));
        EscapeLog three = SharedProgram.Read(SharedProgram.Build(version, "-gcflags=-m=3"));
        Assert.Equal(two.Counts, repeated.Counts);
        foreach (EscapeKind kind in (EscapeKind[])[EscapeKind.MovedToHeap, EscapeKind.EscapesToHeap, EscapeKind.DoesNotEscape, EscapeKind.LeaksToHeap, EscapeKind.LeaksToResult, EscapeKind.CanInline, EscapeKind.InlinedCall])
            Assert.Equal((two.Count(kind), two.Count(kind)), (one.Count(kind), three.Count(kind)));
        Assert.Equal([EscapeDiagnostics.NoExplanations], one.Diagnostics.Select(remark => remark.Id));
        Assert.Equal(0, one.Count(EscapeKind.EscapeReason) + one.Count(EscapeKind.Other));
        Assert.True(three.Count(EscapeKind.Trace) > 100);
        Assert.Equal(two.Count(EscapeKind.Flow), three.Count(EscapeKind.Flow));
        Assert.Contains(new EscapeIndex(one).Variables(), variable => variable is { Name: "total", IsMoved: true, Captures.Count: 0 });
    }

    /// <summary>The go command's own records (Go 1.24 and newer), a container's, a pipeline's times in front, and lines of others in between.</summary>
    [Theory]
    [InlineData("1.24")]
    [InlineData("1.27")]
    public void Wrapped_logs_say_the_same(string version)
    {
        string plain = SharedProgram.Build(version, "-gcflags=-m=2");
        EscapeLog expected = SharedProgram.Read(plain);
        string[] lines = plain.TrimEnd('\n').Split('\n');
        AssertSame(expected, SharedProgram.Build(version, "-json", "-gcflags=-m=2"));
        AssertSame(expected, string.Concat(lines.Select(line => $"2026-11-27T03:38:17.1234567Z {line}\n")));
        AssertSame(expected, string.Concat(lines.Select(line => $"builder-1  | {line}\n")));
        AssertSame(expected, string.Concat(lines.Select(line => $"{JsonSerializer.Serialize(new { log = line + "\n", stream = "stderr", time = "2026-11-27T03:38:17Z" })}\n")));
        AssertSame(expected, plain.Replace("\n", "\r\n", StringComparison.Ordinal));
        AssertSame(expected, string.Concat(lines.Select((line, number) => $"{line}\n{(number % 3 == 0 ? "main.go:7: vet: something else\ngo: downloading example.com/x v1.2.3\n" : "")}")));
    }

    /// <summary>With a file that is asked for also the packages that come with Go are kept, and nothing else is.</summary>
    [Fact]
    public void A_file_that_is_asked_for_is_kept_whole()
    {
        BuildOutput output = BuildOutput.OfStandardLibrary(Toolchain.Newest!, "-m=2");
        EscapeLog all = RoundTripTests.Read(output);
        Assert.All(all.Facts, fact => Assert.Equal(EscapeKind.MovedToHeap, fact.Kind));
        Assert.Equal(all.Count(EscapeKind.MovedToHeap), all.Facts.Count);
        EscapeLog one = RoundTripTests.Read(output, new EscapeLogOptions { File = "sync/once.go" });
        string[] lines = [.. File.ReadLines(output.Path).Where(line => line.StartsWith("sync/once.go:", StringComparison.Ordinal))];
        Assert.Equal(lines.Count(line => line.Contains(" with cost ", StringComparison.Ordinal)), one.Facts.Count(fact => fact.Kind == EscapeKind.CanInline));
        Assert.All(one.Facts, fact => Assert.Equal("sync/once.go", fact.Place.File));
        Assert.Equal(all.Counts, one.Counts);
    }

    [Theory]
    [InlineData("./main.go", "/src/app/main.go", true)]
    [InlineData("../lib/a.go", "/src/lib/a.go", true)]
    [InlineData("app/main.go", "example.com/app/main.go", true)]
    [InlineData("/src/app/main.go", "main.go", true)]
    [InlineData("/src/app/amain.go", "main.go", false)]
    [InlineData("a/main.go", "b/main.go", false)]
    [InlineData("main.go", "", false)]
    public void Paths_are_compared_from_their_ends(string one, string other, bool areSame)
    {
        Assert.Equal(areSame, SourcePath.AreSame(one, other));
        Assert.Equal(areSame, SourcePath.AreSame(other, one));
    }

    private static void AssertSame(EscapeLog expected, string text)
    {
        EscapeLog log = SharedProgram.Read(text);
        Assert.Equal(expected.Counts.Skip(1), log.Counts.Skip(1));
        Assert.Equal(expected.Explanations.Select(Text), log.Explanations.Select(Text));
        Assert.Equal(expected.Facts.Select(fact => (fact.Kind, fact.Place, fact.Subject, fact.Package)), log.Facts.Select(fact => (fact.Kind, fact.Place, fact.Subject, fact.Package)));
        Assert.Empty(log.Diagnostics);

        static string Text(EscapeExplanation explanation) => string.Create(CultureInfo.InvariantCulture, $"{explanation.Head.Place} {explanation.Head.Subject} {string.Join(' ', explanation.Flows.Select(flow => $"{flow.Target}<{flow.Derefs}{flow.Source}"))} {string.Join(' ', explanation.Steps)}");
    }

    private static EscapeVariable Variable(EscapeIndex index, string declaration) => Assert.Single(index.Variables("main.go"), variable => variable.Declared.Line == SharedProgram.LineOf(declaration));

    private static EscapeAnswer At(EscapeIndex index, string text) => EscapeAnswer.Find(index, new EscapeQuery("main.go", SharedProgram.LineOf(text), null, null));

    private static void AssertMoved(EscapeIndex index, string name, string declaration, int holders, ClosureFate fate)
    {
        EscapeVariable variable = Variable(index, declaration);
        Assert.Equal((name, true, holders), (variable.Name, variable.IsMoved, variable.Captures.Count));
        Assert.All(variable.Captures, capture => Assert.Equal((fate, false), (capture.Closure!.Fate, capture.IsByValue)));
        Assert.NotEmpty(variable.Reasons);
    }
}

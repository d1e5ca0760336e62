using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code.Listing;

/// <summary>What a listing says beyond the text of instructions, on the marked program.</summary>
public sealed class CodeListingTests
{
    public static IEnumerable<TheoryDataRow<int, string>> Builds() =>
        from toolchain in Toolchain.All
        from variant in (BuildVariant[])[BuildVariant.Plain, BuildVariant.Stripped, BuildVariant.Arm64]
        where variant != BuildVariant.Arm64 || toolchain == Toolchain.Newest || toolchain == Toolchain.All[0]
        select new TheoryDataRow<int, string>(toolchain.Release, variant.Name);

    [Theory]
    [MemberData(nameof(Builds))]
    public void Checks_of_the_compiler_are_found(int release, string variant)
    {
        using var binary = GoBinary.Open(MarkedProgram.PathOf(release, variant));
        var code = new CodeListing(binary);
        var counts = new Dictionary<RuntimeCheck, int>();
        foreach (var function in binary.Functions)
        {
            var listing = code.Read(function);
            var (growths, stackJumps) = (0, 0);
            for (var index = 0; index < listing.Count; index++)
            {
                var check = listing.Check(index);
                counts[check] = counts.GetValueOrDefault(check) + 1;
                growths += check == RuntimeCheck.StackGrowth && listing.IsCall(index) ? 1 : 0;
                stackJumps += check == RuntimeCheck.StackCheck && listing.Target(index) != 0 ? 1 : 0;
                if (check == RuntimeCheck.BoundsCheck && listing.IsCall(index))
                    Assert.Contains("anic", listing.TargetName(index), StringComparison.Ordinal);
            }

            // Written in Go, a function that grows its stack looks at it first.
            if (growths == 1 && listing.Line(0).File.EndsWith(".go", StringComparison.Ordinal))
                Assert.True(stackJumps >= 1, $"{function.Name} grows its stack without a check");
        }

        foreach (var check in (RuntimeCheck[])[RuntimeCheck.StackCheck, RuntimeCheck.StackGrowth, RuntimeCheck.WriteBarrier, RuntimeCheck.NilCheck, RuntimeCheck.BoundsCheck, RuntimeCheck.Panic])
            Assert.True(counts.GetValueOrDefault(check) > 50, $"{check}: {counts.GetValueOrDefault(check)}");
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Types_and_strings_are_resolved(int release, string variant)
    {
        using var binary = GoBinary.Open(MarkedProgram.PathOf(release, variant));
        var code = new CodeListing(binary);
        var types = new HashSet<string>(StringComparer.Ordinal);
        var strings = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in binary.Functions)
        {
            var listing = code.Read(function);
            for (var index = 0; index < listing.Count; index++)
            {
                var value = listing.Value(index);
                if (value.Kind == NamedValueKind.Type)
                    types.Add(value.Text);
                else if (value.Kind == NamedValueKind.String)
                    strings.Add(value.Text);
            }
        }

        Assert.Contains("map[string]int", types);
        Assert.Contains("concurrent map writes", strings);
        Assert.All(strings, text => Assert.DoesNotContain('\uFFFD', text));
    }

    /// <summary>The depth in the tables is the one that the instructions make, up to the first jump.</summary>
    [Theory]
    [MemberData(nameof(Builds))]
    public void Stack_depth_is_what_the_code_does(int release, string variant)
    {
        using var binary = GoBinary.Open(MarkedProgram.PathOf(release, variant));
        if (binary.Architecture != "amd64")
            return;
        var code = new CodeListing(binary);
        var compared = 0;
        foreach (var function in binary.Functions)
        {
            var listing = code.Read(function);
            var depth = 0;
            for (var index = 0; index < listing.Count && listing.Line(0).File.EndsWith(".go", StringComparison.Ordinal); index++)
            {
                if (listing.StackDepth(index) < 0)
                    break;
                Assert.True(listing.StackDepth(index) == depth, $"{function.Name} at 0x{listing.Address(index):x}: {listing.StackDepth(index)}, the code says {depth}");
                compared++;
                var text = listing.Text(index).ToString();
                if (listing.IsCall(index) && listing.Check(index) is not (RuntimeCheck.None or RuntimeCheck.WriteBarrier))
                    break;
                if (text.StartsWith("PUSHQ ", StringComparison.Ordinal))
                    depth += 8;
                else if (text.StartsWith("SUBQ $", StringComparison.Ordinal) && text.EndsWith(", SP", StringComparison.Ordinal))
                    depth += Amount(text);
                else if (text.StartsWith("ADDQ $", StringComparison.Ordinal) && text.EndsWith(", SP", StringComparison.Ordinal))
                    depth -= Amount(text);
                else if (text.Contains(", SP", StringComparison.Ordinal) || text is "RET" or "POPQ BP" or "PUSHFQ" or "POPFQ" || text.StartsWith("JMP", StringComparison.Ordinal) || text.StartsWith("POPQ", StringComparison.Ordinal))
                    break;
            }
        }

        Assert.True(compared > 20_000, $"{compared}");
    }

    [Fact]
    public void The_neighbours_of_an_address_are_listed_in_their_function()
    {
        using var binary = GoBinary.Open(MarkedProgram.PathOf(Toolchain.Newest.Release, BuildVariant.Plain.Name));
        var code = new CodeListing(binary);
        var function = Assert.Single(binary.FindFunctions("main.main"));
        var all = code.Read(function);
        var middle = all.Count / 2;
        var expected = Enumerable.Range(middle - 2, 5).Select(all.Address).ToList();
        var start = all.Address(0);
        Assert.Equal(expected, code.Around(expected[2], 2, 2).Select(instruction => instruction.Address));
        Assert.Equal(expected, code.Around(expected[3] - 1, 2, 2).Select(instruction => instruction.Address)); // inside of it
        Assert.Equal([start, code.Around(start, 0, 1)[1].Address], code.Around(start, 9, 1).Select(instruction => instruction.Address));
        Assert.Empty(code.Around(binary.Functions[^1].End + 64, 2, 2));
        Assert.All(code.Around(expected[2], 2, 2), instruction => Assert.NotEmpty(instruction.Frames));
    }

    [Fact]
    public void Other_architectures_and_syntaxes_are_refused()
    {
        using var binary = GoBinary.Open(MarkedProgram.PathOf(Toolchain.Newest.Release, BuildVariant.Arm64.Name));
        Assert.True(new CodeListing(binary).IsReadable);
        Assert.False(new CodeListing(binary, AssemblySyntax.Intel).IsReadable);
        Assert.Empty(new CodeListing(binary, AssemblySyntax.Att).Around(binary.Functions[0].Entry, 1, 1));
    }

    private static int Amount(string text)
    {
        var digits = text.AsSpan(text.IndexOf('$', StringComparison.Ordinal) + 1);
        digits = digits[..digits.IndexOf(',')];
        var isNegative = digits[0] == '-';
        var value = (int)ulong.Parse(digits[(isNegative ? 3 : 2)..], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        return isNegative ? -value : value;
    }
}

using System.Globalization;
using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Code.Listing;

/// <summary>Every instruction of large programs, against <c>go tool objdump</c>: address, bytes, text and line.</summary>
public sealed class ObjdumpOracleTests
{
    /// <summary>Command, architecture, and the largest number of instructions that may differ for each known reason.</summary>
    public static TheoryData<string, string, int, int, int, int> Programs => new()
    {
        { "compile", "amd64", 4500, 700, 150, 700 },
        { "go", "amd64", 2500, 900, 150, 2000 },
        { "compile", "arm64", 0, 0, 0, 1300 },
        { "go", "arm64", 0, 0, 0, 1700 },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Instructions_are_those_of_objdump(string command, string architecture, int signs, int places, int numbers, int unknowns)
    {
        var toolchain = Toolchain.Newest;
        var path = toolchain.BuildCommand(command, architecture);
        using var binary = GoBinary.Open(path);
        var counts = new int[(int)Difference.Unexplained + 1];
        var examples = new List<string>();
        using var wanted = ListedLine.OfObjdump(toolchain.Tool("objdump"), path).GetEnumerator();
        var hasWanted = wanted.MoveNext();
        var isOutOfStep = false;
        foreach (var actual in Read(binary))
        {
            // What objdump has before: the C code of the program, or what it read out of step.
            for (; hasWanted && wanted.Current.Address < actual.Address; hasWanted = wanted.MoveNext())
            {
                if (!binary.TryFindFunction(wanted.Current.Address, out _))
                    continue;
                if (!isOutOfStep && wanted.Current.Text is not "?")
                    Note(Difference.Unexplained, $"only objdump has {wanted.Current}");
                isOutOfStep |= wanted.Current.Text is "?";
            }

            Assert.True(hasWanted, $"objdump ends before 0x{actual.Address:x}");
            if (wanted.Current.Address > actual.Address)
            {
                Note(isOutOfStep ? Difference.Unknown : Difference.Unexplained, $"only ours has {actual}");
                continue;
            }

            var difference = wanted.Current.Bytes == actual.Bytes ? Comparison.Of(wanted.Current.Text, actual.Text) : Difference.Unknown;
            if (difference is Difference.Unknown && !isOutOfStep && !Comparison.IsMisread(wanted.Current))
                difference = Difference.Unexplained;
            isOutOfStep = difference is Difference.Unknown && wanted.Current.Bytes != actual.Bytes;
            Note(difference, $"{wanted.Current} is ours {actual.Text}");
            if (wanted.Current.Bytes == actual.Bytes)
                Assert.Equal(wanted.Current.Place.Replace(":-1", ":0", StringComparison.Ordinal), actual.Place);
            hasWanted = wanted.MoveNext();
        }

        var known = $"same {counts[0]}, signs {counts[1]}, places {counts[2]}, numbers {counts[3]}, unknown to objdump {counts[4]}";
        TestContext.Current.TestOutputHelper?.WriteLine(known);
        Assert.True(counts[(int)Difference.Unexplained] == 0, $"{counts[(int)Difference.Unexplained]} differences, {known}:\n{string.Join('\n', examples)}");
        Assert.True(counts[0] > 1_500_000, known);
        Assert.True(counts[1] <= signs && counts[2] <= places && counts[3] <= numbers && counts[4] <= unknowns, known);

        void Note(Difference difference, string example)
        {
            counts[(int)difference]++;
            if (difference == Difference.Unexplained && examples.Count < 20)
                examples.Add(example);
        }
    }

    /// <summary>Words that no compiler makes: where both sides know an instruction they agree on it. Stores of several vectors differ on purpose.</summary>
    [Fact]
    public void Random_words_of_arm64_are_those_of_objdump()
    {
        var path = MarkedProgram.PathOf(Toolchain.Newest.Release, BuildVariant.Arm64.Name);
        byte[] bytes;
        using (var stream = File.OpenRead(path))
        {
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }

        using (var plain = GoBinary.Open(path))
        {
            Assert.True(plain.Elf.TryFindSection(".text", out var text));
            var random = new SeededNumbers(20);
            for (var at = 0; at < (int)text.Size; at++)
                bytes[(int)text.Offset + at] = (byte)random.Next(256);
        }

        using var directory = new TemporaryDirectory();
        var damaged = directory.Write(bytes);
        using var binary = GoBinary.Open(damaged);
        var ours = Read(binary).ToDictionary(line => line.Address);
        var (same, refused) = (0, 0);
        foreach (var wanted in ListedLine.OfObjdump(Toolchain.Newest.Tool("objdump"), damaged))
        {
            // Which of several symbols names an address in the data is not compared.
            if (wanted.Text is "?" || !ours.TryGetValue(wanted.Address, out var actual) || wanted.Text.StartsWith("VST", StringComparison.Ordinal) || actual.Text.Contains("(SB)", StringComparison.Ordinal))
                continue;
            if (actual.Text.StartsWith(".word", StringComparison.Ordinal))
                refused++;
            else if (wanted.Text == actual.Text)
                same++;
            else
                Assert.Fail($"{wanted} is ours {actual.Text}");
        }

        Assert.True(same > 20_000, $"{same}");
        Assert.True(refused < same / 20, $"{refused} of {same + refused} words are refused");
    }

    private static IEnumerable<ListedLine> Read(GoBinary binary)
    {
        var code = new CodeListing(binary);
        var lastFile = "";
        var lastName = "";
        foreach (var function in binary.Functions)
        {
            var listing = code.Read(function);
            for (var index = 0; index < listing.Count; index++)
            {
                var bytes = listing.Bytes(index).ToArray();
                if (code.HasWords)
                    Array.Reverse(bytes);
                var (file, line) = listing.Line(index);
                if (file != lastFile)
                    (lastFile, lastName) = (file, Path.GetFileName(file));
                yield return new ListedLine(
                    listing.Address(index), string.Create(CultureInfo.InvariantCulture, $"{lastName}:{line}"), Convert.ToHexStringLower(bytes), listing.Text(index).ToString());
            }
        }
    }
}

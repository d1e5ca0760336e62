using System.Buffers.Binary;
using System.Text;
using Faultline.Binaries.Code;
using Faultline.Binaries.Symbols;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Symbols;

/// <summary>Every claim of the table about the runtime, held against a program that uses all of it, built by every release.</summary>
public sealed class RuntimeEntryPointTests
{
    private const int CallDepth = 4;

    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Entry_points_are_in_the_binaries_of_their_releases_and_in_no_others(int release)
    {
        using var binary = Open(release);
        var inlined = InlinedIntoTheProgram(binary);
        foreach (var entry in RuntimeEntryPoints.All)
        {
            var exists = binary.FindFunctions(entry.Name).Count > 0;
            // What can be inlined everywhere may have no code of its own.
            Assert.True(entry.IsIn(release) == exists || (entry.MayBeInlined && inlined.Contains(entry.Name)), $"{entry.Name} in Go 1.{release}: the table says {entry.IsIn(release)}, the binary {exists}");
            Assert.True(entry.MayBeInlined == inlined.Contains(entry.Name) || !entry.IsIn(release), $"{entry.Name} in Go 1.{release}: the table says inlined {entry.MayBeInlined}");
        }
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Messages_are_reached_from_their_entry_points(int release)
    {
        using var binary = Open(release);
        var model = new CodeModel(binary);
        foreach (var entry in RuntimeEntryPoints.All.Where(entry => entry.IsIn(release) && !entry.MayBeInlined))
        {
            foreach (var message in entry.MessagesIn(release))
                Assert.True(Reaches(model, entry.Name, message), $"{entry.Name} in Go 1.{release} does not lead to '{message}'");
        }

        // The search can fail: other messages of maps are not reached.
        Assert.False(Reaches(model, "runtime.mapaccess1_fast64", "assignment to entry in nil map"));
        Assert.False(Reaches(model, "runtime.chanrecv1", "send on closed channel"));
    }

    [Fact]
    public void The_documented_table_is_that_of_the_product()
    {
        var path = Path.Combine(SourceTree.Root, "docs", "symbols.md");
        var text = File.ReadAllText(path);
        var (start, end) = (text.IndexOf("<!-- table -->", StringComparison.Ordinal), text.IndexOf("<!-- end of table -->", StringComparison.Ordinal));
        Assert.True(start > 0 && end > start);
        var wanted = new StringBuilder("<!-- table -->\n");
        foreach (var group in RuntimeEntryPoints.All.GroupBy(entry => entry.Group))
        {
            wanted.Append($"\n### {char.ToUpperInvariant(group.Key[0])}{group.Key[1..]}\n\n| function | Go 1.x | stands for | operands | inlined | checks | can say |\n| --- | --- | --- | --- | --- | --- | --- |\n");
            foreach (var entry in group)
            {
                var messages = entry.Messages.Select(message => (message.FirstRelease, message.LastRelease) == (entry.FirstRelease, entry.LastRelease) ? message.Text : $"{Releases(message.FirstRelease, message.LastRelease)}: {message.Text}");
                wanted.Append($"| `{entry.Name}` | {Releases(entry.FirstRelease, entry.LastRelease)} | {entry.StandsFor.Replace("|", "\\|", StringComparison.Ordinal)} | {entry.Operands} | {(entry.MayBeInlined ? "yes" : "no")} | {entry.Checks} | {string.Join("; ", messages)} |\n");
            }
        }

        wanted.Append('\n');
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, $"{text[..start]}{wanted}{text[end..]}");
        Assert.Equal(wanted.ToString(), File.ReadAllText(path)[start..^(text.Length - end)]);
    }

    private static string Releases(int first, int? last) => last is { } known ? known == first ? $"{first}" : $"{first} to {known}" : $"from {first}";

    private static GoBinary Open(int release) => GoBinary.Open(Toolchain.Get(release).Build("entrypoints", BuildVariant.Plain));

    private static HashSet<string> InlinedIntoTheProgram(GoBinary binary)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in binary.Functions.Where(function => function.Name.StartsWith("main.", StringComparison.Ordinal)))
        {
            for (var address = function.Entry; address < function.End; address++)
                names.UnionWith(binary.ResolveFrames(address).Where(frame => frame.Inlined).Select(frame => frame.Function));
        }

        return names;
    }

    /// <summary>Whether the function, or one that it calls, names a text that begins so, or a string header of such a text.</summary>
    private static bool Reaches(CodeModel model, string name, string message)
    {
        var seen = new HashSet<int>(model.Binary.FindFunctions(name).Select(function => model.Functions.IndexOfEntry(function.Entry)));
        var frontier = seen.ToList();
        for (var depth = 0; depth < CallDepth; depth++)
            frontier = [.. frontier.SelectMany(function => Next(model, function)).Where(seen.Add)];
        var wanted = Encoding.UTF8.GetBytes(message);
        return model.Scan.DataReferences.Any(reference => seen.Contains(reference.User) && Holds(model.Binary, reference.Target, wanted));
    }

    private static IEnumerable<int> Next(CodeModel model, int function) =>
        [.. model.Callers.CallsFrom(function).ToArray().Select(call => call.Callee), .. model.Callers.MentionsBy(function).ToArray().Select(mention => mention.Mentioned)];

    private static bool Holds(GoBinary binary, ulong address, byte[] wanted)
    {
        // This one is put together at run time; what panics is a value of its type, as an error or about to become one.
        if (wanted.AsSpan().SequenceEqual("interface conversion:"u8))
            return new[] { address, Word(binary, address + 8) }.Any(type => binary.FindType(type) is { } found && found.Name.EndsWith("runtime.TypeAssertionError", StringComparison.Ordinal));
        Span<byte> bytes = stackalloc byte[128];
        for (var step = 0; step < 3; step++)
        {
            var read = bytes[..binary.Read(address, bytes)];
            if (read.StartsWith(wanted))
                return true;
            address = Word(binary, address);
        }

        return false;
    }

    private static ulong Word(GoBinary binary, ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        return binary.Read(address, word) == word.Length ? BinaryPrimitives.ReadUInt64LittleEndian(word) : 0;
    }
}

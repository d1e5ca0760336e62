using System.Buffers.Binary;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>Type descriptors of real binaries: the program's own map types must be there by name, with key and element.</summary>
public sealed class TypeOracleTests
{
    [Theory]
    [MemberData(nameof(BinaryMatrix.Binaries), MemberType = typeof(BinaryMatrix))]
    public void Map_types_of_the_program_are_listed(int release, string variant)
    {
        using var binary = BinaryMatrix.Open(release, variant);
        var maps = new Dictionary<string, (string Key, string Element)>(StringComparer.Ordinal);
        foreach (var type in binary.EnumerateTypes())
        {
            Assert.NotEmpty(type.Name);
            if (type.Kind == GoKind.Map)
                maps[type.Name] = (binary.FindType(type.KeyAddress)?.Name ?? "", binary.FindType(type.ElementAddress)?.Name ?? "");
        }

        Assert.Equal(("int64", "*main.session"), maps["map[int64]*main.session"]);
        Assert.Equal(("string", "main.session"), maps["map[string]main.session"]);
        Assert.Equal(("[2]int32", "[]float64"), maps["map[[2]int32][]float64"]);
        Assert.Equal(("string", "map[int]chan bool"), maps["map[string]map[int]chan bool"]);
        Assert.Equal(("int", "chan bool"), maps["map[int]chan bool"]);
        Assert.Equal(("int", "string"), maps["map[int]string"]);
        Assert.Empty(binary.Diagnostics);
    }

    /// <summary>The names of composite types are made of the names of their parts, so each listed type checks the ones that it points to.</summary>
    [Theory]
    [MemberData(nameof(BinaryMatrix.Binaries), MemberType = typeof(BinaryMatrix))]
    public void Every_descriptor_reached_from_a_listed_one_decodes(int release, string variant)
    {
        using var binary = BinaryMatrix.Open(release, variant);
        var count = 0;
        foreach (var type in binary.EnumerateTypes())
        {
            Assert.InRange(type.Kind, GoKind.Bool, GoKind.UnsafePointer);
            if (type.ElementAddress == 0)
                continue;
            var element = binary.FindType(type.ElementAddress);
            Assert.NotNull(element);
            count++;
            if (type.Kind == GoKind.Slice)
                Assert.Equal("[]" + element.Name, type.Name);
            else if (type.Kind == GoKind.Pointer && type.Name.StartsWith('*'))
                Assert.Equal("*" + element.Name, type.Name);
            else if (type.Kind == GoKind.Map && type.Name.StartsWith("map[", StringComparison.Ordinal))
                Assert.Equal($"map[{binary.FindType(type.KeyAddress)?.Name}]{element.Name}", type.Name);
        }

        Assert.True(count > 100, $"only {count} types with elements");
    }

    [Fact]
    public void Addresses_that_hold_no_descriptor_have_no_type()
    {
        using var binary = BinaryMatrix.Open(27, "plain");
        var module = binary.Moduledata!;

        Assert.Null(binary.FindType(0));
        Assert.Null(binary.FindType(module.Types - 8));
        Assert.Null(binary.FindType(module.EndOfTypes));
        Assert.Null(binary.FindType(module.EndOfTypes - 8));
        Assert.Null(binary.FindType(module.Text));
        Assert.Null(binary.FindType(ulong.MaxValue));
        Assert.Null(binary.FindType(binary.EnumerateTypes().First().Address + 1));
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Globals_are_named_by_their_addresses(int release)
    {
        using var binary = BinaryMatrix.Open(release, "plain");
        using var stripped = BinaryMatrix.Open(release, "stripped");
        var wanted = binary.Elf.Symbols.Symbols.Where(symbol => symbol.Size > 0).ToDictionary(binary.Elf.Symbols.GetName, symbol => symbol, StringComparer.Ordinal);

        foreach (var name in (string[])["main.sessions", "main.byName", "main.mutex", "runtime.allgs", "main.table"])
        {
            var symbol = wanted[name];
            Assert.Equal(name, binary.FindDataSymbol(symbol.Address));
            Assert.Equal(name, binary.FindDataSymbol(symbol.Address + symbol.Size - 1));
            Assert.Null(stripped.FindDataSymbol(symbol.Address));
        }

        Assert.Equal(128UL, wanted["main.table"].Size);
        Assert.Null(binary.FindDataSymbol(wanted["main.main"].Address));
        Assert.Null(binary.FindDataSymbol(ulong.MaxValue));
    }

    [Theory]
    [MemberData(nameof(BinaryMatrix.Releases), MemberType = typeof(BinaryMatrix))]
    public void Words_of_a_position_independent_binary_are_link_time_addresses(int release)
    {
        using var binary = BinaryMatrix.Open(release, "pie");
        var module = binary.Moduledata!;

        // moduledata.text is a relocated word: at its address stands what the decoded record says.
        var word = new byte[8];
        Assert.Equal(8, binary.Read(module.Address + 176, word));
        Assert.Equal(module.Text, BinaryPrimitives.ReadUInt64LittleEndian(word));
        Assert.True(binary.Elf.Relocations.Count > 1000);
        Assert.True(binary.TryFindFunction(module.Text, out var first));
        Assert.Equal(module.Text, first.Entry);
    }
}

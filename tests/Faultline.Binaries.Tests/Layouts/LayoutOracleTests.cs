using System.Globalization;
using System.Text;
using Faultline.Binaries.Layouts;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Layouts;

/// <summary>Layouts of real binaries against gdb, pahole and each other.</summary>
public sealed class LayoutOracleTests
{
    private static readonly string[] Variants = ["plain", "arm64"];

    public static IEnumerable<TheoryDataRow<int, string>> Binaries() =>
        from toolchain in Toolchain.All
        from variant in Variants
        select new TheoryDataRow<int, string>(toolchain.Release, variant);

    [Theory]
    [InlineData(19)]
    [InlineData(24)]
    [InlineData(27)]
    public void Every_struct_is_what_gdb_says(int release) => CompareWithGdb(Toolchain.Get(release).Build("layouts", BuildVariant.Plain), 300);

    [Fact]
    public void Every_struct_of_the_compiler_is_what_gdb_says() => CompareWithGdb(Toolchain.Newest.BuildCommand("compile", "amd64"), 1300);

    [Theory]
    [InlineData(19)]
    [InlineData(24)]
    [InlineData(27)]
    public void Every_struct_is_what_pahole_says(int release) => CompareWithPahole(Toolchain.Get(release).Build("layouts", BuildVariant.Plain), 300, 100, 15);

    [Fact]
    public void Every_struct_of_the_compiler_is_what_pahole_says() => CompareWithPahole(Toolchain.Newest.BuildCommand("compile", "amd64"), 1300, 400, 100);

    /// <summary>Descriptors say alignments, which DWARF does not, so this checks what is inferred from DWARF, too.</summary>
    [Theory]
    [MemberData(nameof(Binaries))]
    public void Type_descriptors_agree_with_DWARF(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        var compared = 0;
        foreach (var name in program.Catalog.Names)
        {
            if (program.Catalog.Find(name, LayoutOrigin.TypeDescriptors) is not { } described)
                continue;
            var shape = program.Catalog.Find(name, LayoutOrigin.Dwarf)!;
            Assert.Equal(LayoutOrigin.Dwarf, shape.Origin);
            Assert.Equal(Describe(described), Describe(shape));
            compared++;
        }

        Assert.True(compared > 100, $"only {compared} types are in both");
        Assert.Empty(program.Binary.Diagnostics);
    }

    [Theory]
    [MemberData(nameof(Binaries))]
    public void A_stripped_binary_has_the_same_structs(int release, string variant)
    {
        using var whole = LayoutBinary.Build(release, variant);
        using var stripped = LayoutBinary.Build(release, variant == "plain" ? "stripped" : "arm64-stripped");
        foreach (var name in (string[])["main.holey", "main.embeds", "main.counters", "main.pair[string,int8]", "runtime.hchan", "sync.Mutex"])
        {
            var shape = stripped.Find(name);
            Assert.Equal(LayoutOrigin.TypeDescriptors, shape.Origin);
            Assert.Equal(Describe(whole.Find(name)), Describe(shape));
        }
    }

    /// <summary>The table has every field of these.</summary>
    [Theory]
    [MemberData(nameof(Binaries))]
    public void The_built_in_table_agrees(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        string[] wanted = release < 24
            ? ["runtime.hchan", "runtime.hmap", "runtime.sudog", "sync.Mutex", "sync.RWMutex"]
            : ["runtime.hchan", "internal/runtime/maps.Map", "internal/runtime/maps.table", "runtime.sudog", "sync.RWMutex"];
        foreach (var name in wanted)
        {
            var shape = program.Catalog.Find(name, LayoutOrigin.Dwarf);
            var table = program.Catalog.Find(name, LayoutOrigin.BuiltIn);
            Assert.NotNull(shape);
            Assert.NotNull(table);
            Assert.Equal(shape.Size, table.Size);
            foreach (var part in table.Fields)
                Assert.Contains(shape.Fields, other => other.Name == part.Name && other.Offset == part.Offset && other.Size == part.Size);
        }

        var channel = program.Catalog.Find("runtime.hchan", LayoutOrigin.BuiltIn)!;
        Assert.Equal(program.Find("runtime.hchan").Fields.Count, channel.Fields.Count);
    }

    /// <summary>What go-runtime-facts says of channels and of classic maps.</summary>
    [Theory]
    [InlineData(19, 96, "qcount 0, dataqsiz 8, buf 16, elemsize 24, closed 28, elemtype 32, sendx 40, recvx 48, recvq 56, sendq 72, lock 88")]
    [InlineData(22, 96, "qcount 0, dataqsiz 8, buf 16, elemsize 24, closed 28, elemtype 32, sendx 40, recvx 48, recvq 56, sendq 72, lock 88")]
    [InlineData(23, 104, "qcount 0, dataqsiz 8, buf 16, elemsize 24, closed 28, timer 32, elemtype 40, sendx 48, recvx 56, recvq 64, sendq 80, lock 96")]
    [InlineData(24, 104, "qcount 0, dataqsiz 8, buf 16, elemsize 24, synctest 26, closed 28, timer 32, elemtype 40, sendx 48, recvx 56, recvq 64, sendq 80, lock 96")]
    [InlineData(25, 112, "qcount 0, dataqsiz 8, buf 16, elemsize 24, closed 28, timer 32, elemtype 40, sendx 48, recvx 56, recvq 64, sendq 80, bubble 96, lock 104")]
    [InlineData(27, 112, "qcount 0, dataqsiz 8, buf 16, elemsize 24, closed 28, timer 32, elemtype 40, sendx 48, recvx 56, recvq 64, sendq 80, bubble 96, lock 104")]
    public void A_channel_lies_as_it_is_known_to(int release, int size, string fields)
    {
        using var program = LayoutBinary.Build(release, "plain");
        var channel = program.Find("runtime.hchan");
        Assert.Equal(size, channel.Size);
        Assert.Equal(fields, string.Join(", ", channel.Fields.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} {part.Offset}"))));
    }

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Size_classes_are_those_of_the_allocator(int release, string variant)
    {
        using var program = LayoutBinary.Build(release, variant);
        var symbols = program.Binary.Elf.Symbols;
        var classes = new byte[2 * (HeapPlacement.SizeClasses.Count + 1)];
        var found = false;
        foreach (var symbol in symbols.Symbols)
        {
            if (symbols.GetName(symbol) is not ("runtime.class_to_size" or "internal/runtime/gc.SizeClassToSize"))
                continue;
            found = true;
            Assert.Equal((ulong)classes.Length, symbol.Size);
            Assert.Equal(classes.Length, program.Binary.Read(symbol.Address, classes));
        }

        Assert.True(found);
        Assert.Equal(HeapPlacement.SizeClasses, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(classes.AsSpan(2)).ToArray().Select(size => (int)size));
    }

    private static void CompareWithGdb(string path, int least)
    {
        using var program = new LayoutBinary(path);
        var names = program.Catalog.Names;
        var oracle = GdbLayouts.Read(path);
        var compared = 0;
        foreach (var name in names)
        {
            if (!oracle.TryGetValue(name, out var wanted))
                continue;
            Assert.Equal(wanted, Lay(program.Find(name)));
            compared++;
        }

        Assert.True(compared > least, $"only {compared} structs compared");
        Assert.Empty(names.Except(oracle.Keys, StringComparer.Ordinal));
    }

    /// <summary>Every struct, without exception: its size and cache lines, and its fields' names, offsets and sizes. Its holes where no field is a function.</summary>
    /// <param name="path">A Go binary with DWARF.</param>
    /// <param name="least">Structs that were compared.</param>
    /// <param name="leastHoles">Holes that were compared.</param>
    /// <param name="leastFunctions">Fields whose size pahole does not know.</param>
    private static void CompareWithPahole(string path, int least, int leastHoles, int leastFunctions)
    {
        using var program = new LayoutBinary(path);
        var oracle = PaholeLayouts.Read(path);
        var (compared, holes, functions) = (0, 0, 0);
        foreach (var name in program.Catalog.Names)
        {
            var shape = program.Find(name);
            var wanted = Assert.Contains(name, oracle);
            Assert.Equal(wanted.Text, Lay(shape));
            Assert.Equal(wanted.LineCount, shape.LineCount(64));
            functions += wanted.FunctionCount;
            compared++;
            if (wanted.FunctionCount > 0)
                continue;
            Assert.Equal(wanted.Gaps, shape.Holes.Select(hole => hole.Size));
            holes += wanted.Gaps.Count;
        }

        Assert.True(compared > least, $"only {compared} structs compared");
        Assert.True(holes > leastHoles, $"only {holes} holes compared");
        Assert.True(functions > leastFunctions, $"only {functions} fields are functions");
    }

    private static string Lay(StructShape shape)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{shape.Name} {shape.Size}\n"));
        foreach (var part in shape.Fields)
            text.Append(CultureInfo.InvariantCulture, $"  {part.Name} {part.Offset}+{part.Size}\n");
        return text.ToString();
    }

    private static string Describe(StructShape shape)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{shape.Name} {shape.Size} {shape.Alignment}\n"));
        foreach (var part in shape.Fields)
            text.Append(CultureInfo.InvariantCulture, $"  {part.Name} {part.Offset}+{part.Size} {part.Alignment} {part.Count} {HasPointers(part)} {part.Inner?.Size}\n");
        return text.ToString();

        // What points out of the heap, as only the runtime's fields do, is no pointer to the collector; DWARF does not tell.
        bool HasPointers(LaidField part) => part.HasPointers && !shape.Name.StartsWith("runtime.", StringComparison.Ordinal);
    }
}

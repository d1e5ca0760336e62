using Faultline.Binaries.GoSym;
using Faultline.Binaries.Tests.Builders;

namespace Faultline.Binaries.Tests.GoSym;

/// <summary>Every generation of the function table, on made-up programs without section headers.</summary>
public sealed class PclntabTests
{
    private const int TableOffset = 0x2000;

    [Theory]
    [InlineData(0xfffffffa)]
    [InlineData(0xfffffff0)]
    [InlineData(0xfffffff1)]
    public void Functions_and_inlined_frames_are_read(uint magic)
    {
        using var directory = new TemporaryDirectory();
        using var binary = GoBinary.Open(new GoProgramBuilder(magic).Build().Write(directory));

        Assert.Equal(
            [new FuncInfo(0, "main.main", GoProgramBuilder.Text, GoProgramBuilder.Text + 0x80), new FuncInfo(1, "main.other", GoProgramBuilder.Text + 0x80, GoProgramBuilder.Text + 0x100)],
            binary.Functions);
        var entry = GoProgramBuilder.Text;
        Assert.Equal([new SourceFrame("main.main", "/src/main.go", 10, Inlined: false, entry)], binary.ResolveFrames(entry));
        Assert.Equal(
            [
                new SourceFrame("main.leaf", "/src/leaf.go", 50, Inlined: true, entry),
                new SourceFrame("main.middle", "/src/main.go", 20, Inlined: true, entry),
                new SourceFrame("main.main", "/src/main.go", 30, Inlined: false, entry),
            ],
            binary.ResolveFrames(entry + 0x30));
        Assert.Equal(2, binary.ResolveFrames(entry + 0x4f).Count);
        Assert.Single(binary.ResolveFrames(entry + 0x50));
        Assert.Equal([new SourceFrame("main.other", "/src/leaf.go", 50, Inlined: false, entry + 0x80)], binary.ResolveFrames(entry + 0x80 + 0x3f));
        Assert.Empty(binary.Diagnostics);
    }

    [Fact]
    public void Addresses_outside_the_code_have_no_function()
    {
        using var directory = new TemporaryDirectory();
        using var binary = GoBinary.Open(new GoProgramBuilder(0xfffffff1).Build().Write(directory));

        foreach (var address in (ulong[])[0, GoProgramBuilder.Text - 1, GoProgramBuilder.Text + 0x100, ulong.MaxValue])
        {
            Assert.False(binary.TryFindFunction(address, out _));
            Assert.Empty(binary.ResolveFrames(address));
        }
    }

    [Fact]
    public void A_lookalike_before_the_table_is_passed_over()
    {
        using var directory = new TemporaryDirectory();
        var elf = new GoProgramBuilder(0xfffffff1).Build();
        elf.Image.Put(0x800, elf.Image.Bytes.Slice(TableOffset, 8));

        using var binary = GoBinary.Open(elf.Write(directory));

        Assert.Equal(2, binary.Functions.Count);
    }

    [Theory]
    [InlineData(8, 0ul)] // no functions
    [InlineData(8, 1ul << 40)] // more than fit
    [InlineData(8, 100_000ul)] // more than lie in the file
    [InlineData(32, 1ul << 63)] // a table outside
    [InlineData(64, 0ul)] // tables that do not ascend
    public void A_table_with_an_impossible_header_is_no_table(int field, ulong value)
    {
        using var directory = new TemporaryDirectory();
        var elf = new GoProgramBuilder(0xfffffff1).Build();
        elf.Image.PutUInt64(TableOffset + field, value);
        using var binary = GoBinary.Open(elf.Write(directory));

        Assert.Empty(binary.Functions);
        Assert.Contains(binary.Diagnostics, diagnostic => diagnostic.Id == "GOSYM0101");
        Assert.Contains(binary.Diagnostics, diagnostic => diagnostic.Id == "GOSYM0102");
    }

    [Fact]
    public void A_record_outside_the_table_loses_its_name_only()
    {
        using var directory = new TemporaryDirectory();
        var elf = new GoProgramBuilder(0xfffffff1).Build();
        elf.Image.PutUInt32(TableOffset + 0x400 + 4, 0x7fffffff);
        using var binary = GoBinary.Open(elf.Write(directory));

        Assert.Equal(["", "main.other"], binary.Functions.Select(function => function.Name), StringComparer.Ordinal);
        Assert.Empty(binary.ResolveFrames(GoProgramBuilder.Text));
        Assert.Equal("GOSYM0103", Assert.Single(binary.Diagnostics).Id);
        Assert.Single(binary.FindFunctions("main.other"));
    }

    [Fact]
    public void An_inline_tree_that_loops_ends_at_the_limit()
    {
        using var directory = new TemporaryDirectory();
        var elf = new GoProgramBuilder(0xfffffff1).Build();
        elf.Image.PutUInt32(0x3000 + 16 + 8, 0x30);
        using var binary = GoBinary.Open(elf.Write(directory));

        Assert.InRange(binary.ResolveFrames(GoProgramBuilder.Text + 0x30).Count, 2, 300);
    }

    [Fact]
    public void Without_module_data_functions_are_still_named()
    {
        using var directory = new TemporaryDirectory();
        var elf = new GoProgramBuilder(0xfffffff1).Build();
        elf.Image.PutUInt64(0x4000, 0).PutUInt64(TableOffset + 24, GoProgramBuilder.Text);
        using var binary = GoBinary.Open(elf.Write(directory));

        Assert.Equal("main.main", Assert.Single(binary.ResolveFrames(GoProgramBuilder.Text + 0x30)).Function);
        Assert.Null(binary.Moduledata);
        Assert.Equal("GOSYM0104", Assert.Single(binary.Diagnostics).Id);
        Assert.Null(binary.FindType(GoProgramBuilder.Base + 0x5000));
    }
}

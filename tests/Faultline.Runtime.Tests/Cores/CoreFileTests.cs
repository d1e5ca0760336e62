using Faultline.Binaries.Reading;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Tests.Programs;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Cores;

/// <summary>Cores as they come: compressed, cut off, of another build, with the program elsewhere.</summary>
public sealed class CoreFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-core-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_core_tells_about_its_process()
    {
        var process = ParkedProcess.Objects("1.27");
        var core = process.Dump.Core;
        Assert.Equal("amd64", core.Architecture);
        Assert.StartsWith("objects", core.Process!.Value.Name, StringComparison.Ordinal);
        Assert.Contains(core.MappedFiles, file => file.Path == process.Core.Binary.Path);
        Assert.True(core.Auxiliary.Count > 10);
        Assert.Equal(BinaryFit.Same, process.Dump.Fit);
        Assert.Equal(0UL, process.Dump.LoadBias);
        Assert.All(core.Threads, thread => Assert.NotEqual(0UL, thread.Registers.StackPointer));
    }

    [Fact]
    public void A_position_independent_program_is_found_where_it_was_loaded()
    {
        var process = ParkedProcess.Objects("1.27", BuildMode.Pie);
        Assert.NotEqual(0UL, process.Dump.LoadBias);
        Assert.Equal(0UL, process.Dump.LoadBias & 4095);
        Assert.Equal(BinaryFit.Same, process.Dump.Fit);
    }

    [Theory]
    [InlineData("gzip", "-1")]
    [InlineData("zstd", "-1")]
    [InlineData("xz", "-0")]
    public void A_compressed_core_gives_the_same(string tool, string level)
    {
        var process = ParkedProcess.Objects("1.24");
        var path = Path.Combine(_folder, "core");
        Tool.Run("sh", "-c", $"{tool} {level} -c '{process.Core.CorePath}' > '{path}'");
        using var dump = CoreDump.Open(path, new CoreOptions { BinaryPath = process.Core.Binary.Path });
        Assert.Empty(dump.Core.Diagnostics);
        Assert.Equal(process.Dump.Core.Segments, dump.Core.Segments);
        Assert.Equal(Ids(process.Dump), Ids(dump));
    }

    [Fact]
    public void A_compressed_core_that_is_cut_off_gives_what_came_before()
    {
        var process = ParkedProcess.Objects("1.24");
        var path = Path.Combine(_folder, "core.zst");
        Tool.Run("sh", "-c", $"zstd -1 -c '{process.Core.CorePath}' | head -c 800000 > '{path}'");
        using var core = CoreFile.Open(path);
        Assert.Contains(core.Diagnostics, remark => remark.Id == "CORE0104");

        // gdb writes the notes, which name the threads, behind the memory.
        Assert.Empty(core.Threads);
        var first = process.Dump.Core.Segments[0];
        Assert.Equal(first.Start, core.Segments[0].Start);
        var (wanted, got) = (new byte[4096], new byte[4096]);
        Assert.Equal(4096, process.Dump.Core.Memory.Read(first.Start, wanted));
        Assert.Equal(4096, core.Memory.Read(first.Start, got));
        Assert.Equal(wanted, got);
    }

    [Fact]
    public void A_core_that_is_cut_off_gives_what_is_there()
    {
        var process = ParkedProcess.Objects("1.24");
        var path = Path.Combine(_folder, "core");
        File.Copy(process.Core.CorePath, path);
        using (var file = new FileStream(path, FileMode.Open))
            file.SetLength(file.Length / 2);
        using var dump = CoreDump.Open(path, new CoreOptions { BinaryPath = process.Core.Binary.Path });
        Assert.Contains(dump.Core.Diagnostics, remark => remark.Id == "CORE0101");
    }

    [Fact]
    public void A_program_of_another_build_is_refused_unless_forced()
    {
        var process = ParkedProcess.Objects("1.25");
        var other = ParkedProcess.Objects("1.26").Core.Binary.Path;
        Assert.Throws<BinaryMismatchException>(() => CoreDump.Open(process.Core.CorePath, new CoreOptions { BinaryPath = other }));
        using var forced = CoreDump.Open(process.Core.CorePath, new CoreOptions { BinaryPath = other, Force = true });
        Assert.Equal(BinaryFit.Different, forced.Fit);
        Assert.Contains(forced.Diagnostics, remark => remark.Id == "CORE0107");
    }

    [Fact]
    public void The_program_is_found_below_a_folder_and_not_taken_from_another_build()
    {
        var process = ParkedProcess.Objects("1.25");
        var wanted = Path.Combine(_folder, process.Core.Binary.Path.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(wanted)!);
        File.Copy(process.Core.Binary.Path, wanted);
        using (var dump = CoreDump.Open(process.Core.CorePath, new CoreOptions { SearchFolders = [_folder] }))
            Assert.Equal(wanted, dump.Binary.Path);

        File.Copy(ParkedProcess.Objects("1.26").Core.Binary.Path, wanted, overwrite: true);
        using (var dump = CoreDump.Open(process.Core.CorePath, new CoreOptions { SearchFolders = [_folder] }))
            Assert.Equal(process.Core.Binary.Path, dump.Binary.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("\u007fELF\u0002\u0001\u0001")]
    public void What_is_no_core_is_refused(string content)
    {
        var path = Path.Combine(_folder, "core");
        File.WriteAllText(path, content);
        Assert.Throws<MalformedDataException>(() => CoreFile.Open(path));
    }

    private static IEnumerable<ulong> Ids(CoreDump dump) =>
        RuntimeState.TryAttach(dump.Binary, dump.LoadBias, dump.Memory, dump.Core.Threads, new DiagnosticLog("core"))!.Goroutines.Select(goroutine => goroutine.Id);
}

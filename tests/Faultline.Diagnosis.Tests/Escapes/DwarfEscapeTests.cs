using Faultline.Binaries;
using Faultline.Binaries.Dwarf;
using Faultline.Binaries.GoSym;
using Faultline.Evidence.Escapes;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Escapes;

/// <summary>Which variables a binary has on the heap by its DWARF, against what the compiler printed while it built that binary.</summary>
public sealed class DwarfEscapeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-escapes-").FullName;

    public static TheoryData<string> Versions { get; } = [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Variables_on_the_heap_are_those_that_the_compiler_moved_there(string version)
    {
        string path = Path.Combine(_folder, "races");
        BuildOutput output = BuildOutput.OfFolder(Toolchain.TryFind(version)!, SamplesFolder.Path, path + ".log", "build", "-gcflags=-m=2", "-o", path, "./parked/races");
        EscapeLog log;
        using (FileStream stream = File.OpenRead(output.Path))
            log = EscapeLogReader.Read(stream, output.Path);
        using GoBinary binary = GoBinary.Open(path);
        List<LocalVariable> locals = [.. binary.Dwarf!.FindLocals((_, _) => true).Where(variable => variable.Function.StartsWith("main.", StringComparison.Ordinal))];
        Assert.True(locals.Count > 100, $"{locals.Count} variables");

        List<(string Name, int Line)> moved = [.. new EscapeIndex(log).Variables().Where(variable => variable.IsMoved).Select(variable => (variable.Name, variable.Declared.Line))];
        Assert.True(moved.Count >= 10, string.Join(", ", moved));
        foreach ((string name, int line) in moved)
        {
            List<LocalVariable> copies = [.. locals.Where(variable => variable.Name == name && variable.Line == line)];
            Assert.True(copies.Count > 0 && copies.TrueForAll(copy => copy.IsByAddress && copy.File.EndsWith("/parked/races/" + Path.GetFileName(copy.File), StringComparison.Ordinal)), $"{name}, line {line}");
        }

        Assert.All(locals.Where(variable => variable.IsByAddress && !EscapeNames.IsLiteral(variable.Function)), variable => Assert.Contains((variable.Name, variable.Line), moved));
        Assert.Contains(locals, variable => !variable.IsByAddress && moved.Exists(other => other.Name == variable.Name));
        Assert.Empty(binary.Diagnostics);
    }

    /// <summary>DWARF 4 and 5: what a lookup says at any address is in the list, which also has places outside of the variable's block.</summary>
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.24")]
    [InlineData("1.27")]
    public void Places_are_those_at_the_addresses_of_the_code(string version)
    {
        using GoBinary binary = GoBinary.Open(SampleBinary.Build(SampleProgram.FindParked("races"), Toolchain.TryFind(version)!).Path);
        ILookup<ulong, LocalVariable> locals = binary.Dwarf!.FindLocals((_, _) => true).ToLookup(variable => variable.Entry);
        int compared = 0;
        foreach (FuncInfo function in binary.Functions.Where(function => function.Name.StartsWith("main.", StringComparison.Ordinal)))
        {
            HashSet<string> found = [];
            for (ulong address = function.Entry; address < function.End; address++)
                found.UnionWith(binary.Dwarf.FindVariables(address).Where(variable => variable.Pieces.Count > 0).Select(variable => $"{variable.Name.TrimStart('&')} of {variable.Function}: {string.Join(' ', variable.Pieces)}"));
            HashSet<string> listed = [.. locals[function.Entry].SelectMany(variable => variable.Places.Select(place => $"{variable.Name} of {variable.Function}: {string.Join(' ', place)}"))];
            Assert.Subset(listed, found);
            Assert.True(listed.Count < 2 * (found.Count + 4), $"{function.Name}: {string.Join('\n', listed.Except(found))}");
            compared += found.Count;
        }

        Assert.True(compared > 200, $"{compared} places");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

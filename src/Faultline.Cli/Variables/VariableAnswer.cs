using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Dwarf;
using Faultline.Evidence.Escapes;

namespace Faultline.Cli.Variables;

/// <summary>What a binary's DWARF says of the variables that a query names.</summary>
/// <param name="Variables">Those of the program first, then those of Go's own packages, each in the order of the file.</param>
internal sealed record VariableAnswer(GoBinary Binary, IReadOnlyList<LocalVariable> Variables)
{
    /// <exception cref="UserErrorException">The binary has no DWARF, or no such variable.</exception>
    public static VariableAnswer Find(GoBinary binary, EscapeQuery query)
    {
        if (binary.Dwarf is not { } dwarf)
            throw new UserErrorException(ExitCode.BadData, $"'{binary.Path}' has no DWARF, which is what knows variables. Build without -ldflags=-w, say where its debug file is with --debug-dir, or ask the compiler: go build -gcflags=-m=2 ./... 2> build.log");
        List<LocalVariable> found = [.. dwarf.FindLocals((name, line) => (query.Variable is not { } wanted || IsOf(wanted, name)) && (query.Line is not { } at || line == at))
            .Where(variable => query.File is not { } file || SourcePath.AreSame(variable.File, file))
            .OrderBy(variable => StandardLibrary.HasFunction(variable.Function))];
        if (found.Count == 0)
            throw new UserErrorException(ExitCode.BadData, $"no variable or parameter {(query.Line is null ? $"named {query}" : query)} in the DWARF of '{binary.Path}'. The line is that of the declaration; paths count from their end: 'server.go:118' fits '/src/api/server.go:118'. Variables that the compiler removed are not there, and those of inlined functions have no line: ask for them by --var alone.");
        return new VariableAnswer(binary, found);
    }

    /// <summary>The compiler may keep the parts of a variable apart; Go 1.27 then calls them <c>list.ptr</c> and so on.</summary>
    private static bool IsOf(string variable, string name) =>
        name.StartsWith(variable, StringComparison.Ordinal) && (name.Length == variable.Length || name[variable.Length] == '.');

    /// <summary>One variable of the source and the code that it is in: its own function's, and that of functions into which that one was inlined.</summary>
    public IEnumerable<IGrouping<(string Name, string Function, string File, int Line), LocalVariable>> Groups =>
        Variables.GroupBy(variable => (variable.Name, variable.Function, variable.File, variable.Line));

    /// <summary>
    /// True where the compiler moved it to the heap; null where that is open: what a func literal knows by its address may be captured from a frame, if the literal is only called there.
    /// </summary>
    public static bool? IsOnHeap(LocalVariable variable) => !variable.IsByAddress ? false : EscapeNames.IsLiteral(variable.Function) ? null : true;

    /// <summary>True for a slice, whose array lies elsewhere than its header.</summary>
    public static bool IsSlice(LocalVariable variable) => variable.Type.TrimStart('*').StartsWith("[]", StringComparison.Ordinal);
}

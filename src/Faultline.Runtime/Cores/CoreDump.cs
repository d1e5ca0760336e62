using Faultline.Binaries;
using Faultline.Binaries.Reading;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>A core together with the program that it is of: one memory, with what the core leaves out taken from the program's file.</summary>
public sealed class CoreDump : IDisposable
{
    private CoreDump(CoreFile core, GoBinary binary, ulong loadBias, BinaryFit fit)
    {
        Core = core;
        Binary = binary;
        LoadBias = loadBias;
        Fit = fit;
        Memory = new LayeredAddressSpace(core.Memory, new BinaryAddressSpace(binary, loadBias));
    }

    public CoreFile Core { get; }

    public GoBinary Binary { get; }

    /// <summary>Run-time address minus link-time address; 0 for a program that is not position-independent.</summary>
    public ulong LoadBias { get; }

    public BinaryFit Fit { get; }

    public IAddressSpace Memory { get; }

    public IReadOnlyList<Diagnostic> Diagnostics => [.. Core.Diagnostics, .. Binary.Diagnostics];

    /// <summary>Opens both.</summary>
    /// <exception cref="BinaryMismatchException">The program is not the one of the core, and <see cref="CoreOptions.Force"/> is off.</exception>
    /// <exception cref="FileNotFoundException">No program was given, and none was found.</exception>
    /// <exception cref="MalformedDataException">One of the files is not what it has to be.</exception>
    /// <exception cref="IOException">One of the files cannot be opened.</exception>
    public static CoreDump Open(string corePath, CoreOptions? options = null)
    {
        options ??= new CoreOptions();
        var core = CoreFile.Open(corePath);
        GoBinary? binary = null;
        try
        {
            binary = options.BinaryPath is { } path ? GoBinary.Open(path, options.DebugFiles) : FindBinary(core, options);
            var dump = Join(core, binary, options.Force);
            (core, binary) = (null, null);
            return dump;
        }
        finally
        {
            binary?.Dispose();
            core?.Dispose();
        }
    }

    public void Dispose()
    {
        Binary.Dispose();
        Core.Dispose();
    }

    private static CoreDump Join(CoreFile core, GoBinary binary, bool force)
    {
        var bias = LoadBias(core, binary);
        var fit = BinaryCheck.Compare(core, binary, bias);
        if (fit == BinaryFit.Different)
        {
            if (!force)
                throw new BinaryMismatchException(core.Path, binary.Path);
            core.Log.Add("CORE0107", DiagnosticSeverity.Warning, offset: null, $"{binary.Path} is another build than the one of the core and was used because it was asked for: nothing that follows can be trusted");
        }
        else if (fit == BinaryFit.Unknown)
        {
            core.Log.Add("CORE0108", DiagnosticSeverity.Info, offset: null, "the core holds no build id to compare with the binary's");
        }

        return new CoreDump(core, binary, bias, fit);

        static ulong LoadBias(CoreFile core, GoBinary binary)
        {
            if (Cores.LoadBias.Find(core, binary) is { } bias)
                return bias;
            core.Log.Add("CORE0106", DiagnosticSeverity.Warning, offset: null, "nothing in the core tells where the position-independent program was loaded: its link-time addresses are used");
            return 0;
        }
    }

    private static GoBinary FindBinary(CoreFile core, CoreOptions options)
    {
        foreach (var candidate in ProgramSearch.Candidates(core, options.SearchFolders).Where(path => options.IsAllowed?.Invoke(path) != false))
        {
            GoBinary binary;
            try
            {
                binary = GoBinary.Open(candidate, options.DebugFiles);
            }
            catch (IOException)
            {
                continue;
            }

            if (options.Force || BinaryCheck.Compare(core, binary, Cores.LoadBias.Find(core, binary) ?? 0) != BinaryFit.Different)
                return binary;
            binary.Dispose();
        }

        var wanted = ProgramSearch.PathOf(core);
        throw new FileNotFoundException(wanted is null
            ? $"{core.Path} does not say which program it is of; give the binary"
            : $"the program of {core.Path}, {wanted}, was not found here; give the binary");
    }
}

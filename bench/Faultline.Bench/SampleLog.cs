using Faultline.Samples;

namespace Faultline.Bench;

/// <summary>The log of the sample <c>manygoroutines</c>, made with the newest toolchain at hand.</summary>
internal sealed class SampleLog : IDisposable
{
    private readonly SampleRun run;

    private SampleLog(SampleRun run) => this.run = run;

    public string Path => run.LogPath;

    public static SampleLog? TryMake()
    {
        if (Toolchain.Newest is not { } toolchain)
            return null;
        SampleBinary binary = SampleBinary.Build(SampleProgram.Find("manygoroutines"), toolchain);
        return new SampleLog(SampleRun.Run(binary, new SampleRunOptions { KeepLedger = false }));
    }

    public void Dispose() => run.Dispose();
}

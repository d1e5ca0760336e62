using System.Buffers.Binary;
using System.Diagnostics;
using Faultline.Runtime.Memory;
using Microsoft.Win32.SafeHandles;

namespace Faultline.Runtime.Tests.Unwinding;

/// <summary>A program of <c>Programs/</c> that has said "ready", and its memory.</summary>
internal sealed class RunningProgram : IAddressSpace, IDisposable
{
    private readonly Process _process;
    private readonly SafeFileHandle _memory;

    public RunningProgram(string program, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        Assert.Equal("ready", _process.StandardOutput.ReadLine());
        _memory = File.OpenHandle($"/proc/{_process.Id}/mem");
    }

    public int Id => _process.Id;

    public int Read(ulong address, scoped Span<byte> buffer)
    {
        if (address > long.MaxValue)
            return 0;
        try
        {
            return RandomAccess.Read(_memory, buffer, (long)address);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public ulong Word(ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        return Read(address, word) == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(word) : 0;
    }

    public void Dispose()
    {
        _memory.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}

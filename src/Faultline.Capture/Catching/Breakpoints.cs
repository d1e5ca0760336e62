using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using Faultline.Binaries;
using Faultline.Binaries.Code.Fatals;
using Faultline.Runtime.Live;
using Microsoft.Win32.SafeHandles;

namespace Faultline.Capture.Catching;

/// <summary>
/// Breakpoints in the text of one process. Until the program dies nothing of it is slower: what they stand on is run by nobody. Should faultline be killed, a
/// shell process that outlives it puts the program's own bytes back: a breakpoint without a tracer would turn the program's last words into SIGTRAP.
/// </summary>
internal sealed partial class Breakpoints : IDisposable
{
    // Each byte is written where the one before it ended, so seeks are relative. Descriptor 3 was opened by the tracer, who may.
    private const string Guard =
        """
        trap '' HUP INT TERM QUIT PIPE
        read -r word
        if [ "$word" = done ]; then exit 0; fi
        while [ $# -gt 1 ]; do printf "$2" | dd bs=1 seek="$1" conv=notrunc >&3; shift 2; done
        """;

    private readonly SafeFileHandle _memory;
    private readonly AnonymousPipeServerStream _word;
    private readonly SortedDictionary<ulong, (FatalPoint Point, byte[] Original)> _points;

    private Breakpoints(SafeFileHandle memory, SortedDictionary<ulong, (FatalPoint Point, byte[] Original)> points, ulong loadBias)
    {
        _memory = memory;
        _points = points;
        LoadBias = loadBias;
        _word = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        GuardId = StartGuard();
    }

    public ulong LoadBias { get; }

    /// <summary>The process that waits for faultline's end; a child of this OS thread.</summary>
    public int GuardId { get; }

    public int Count => _points.Count;

    /// <summary>Sets them in a process all of whose memory can be written; its threads need not stand still.</summary>
    /// <exception cref="IOException">The memory cannot be written, or is not that of the program.</exception>
    public static Breakpoints Set(int processId, GoBinary binary, IReadOnlyList<FatalPoint> points, ulong loadBias)
    {
        SafeFileHandle memory = OpenMemory(processId);
        byte[] trap = TrapOf(binary.Architecture);
        SortedDictionary<ulong, (FatalPoint, byte[])> set = [];
        foreach (FatalPoint point in points)
        {
            byte[] expected = new byte[trap.Length];
            byte[] found = new byte[trap.Length];
            if (binary.Read(point.Address, expected) == expected.Length && RandomAccess.Read(memory, found, (long)(point.Address + loadBias)) == found.Length && expected.AsSpan().SequenceEqual(found))
                set.Add(point.Address + loadBias, (point, found));
        }

        if (set.Count == 0)
        {
            memory.Dispose();
            throw new IOException("the code in memory is not that of the binary");
        }

        // The guard first: from the first breakpoint on somebody has to be there to take it away.
        Breakpoints breakpoints = new(memory, set, loadBias);
        foreach (ulong address in set.Keys)
            Write(memory, trap, trap.Length, (long)address);
        return breakpoints;
    }

    /// <summary>The point that a thread has just trapped at, by where its program counter is now; null when it trapped elsewhere.</summary>
    public (ulong Address, FatalPoint Point)? Find(ulong programCounter, string architecture)
    {
        // The trap of amd64 is passed when it is heard of, that of arm64 is not.
        ulong address = architecture is "amd64" ? programCounter - 1 : programCounter;
        return _points.TryGetValue(address, out (FatalPoint Point, byte[]) found) ? (address, found.Point) : null;
    }

    /// <summary>Puts the program's own bytes back, here or in a copy of the process.</summary>
    public void Remove(int? copyId = null)
    {
        SafeFileHandle memory = copyId is { } copy ? OpenMemory(copy) : _memory;
        foreach ((ulong address, (_, byte[] original)) in _points)
            Write(memory, original, original.Length, (long)address);
        if (copyId is not null)
            memory.Dispose();
    }

    /// <summary>Sends the guard away; the breakpoints have to be gone, or the memory they were in.</summary>
    public void Dispose()
    {
        try
        {
            _word.Write("done\n"u8);
        }
        catch (IOException)
        {
            // Someone killed it.
        }

        _word.Dispose();
        _memory.Dispose();
    }

    private static SafeFileHandle OpenMemory(int processId) => File.OpenHandle(ProcessFiles.Path(processId, "mem"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static byte[] TrapOf(string architecture) => architecture is "amd64" ? [0xcc] : [0x00, 0x00, 0x20, 0xd4];

    /// <summary>The kernel writes nothing, and says so, where the process is gone: what writes until all is written would never end.</summary>
    [LibraryImport("libc", EntryPoint = "pwrite")]
    private static partial nint Write(SafeFileHandle file, byte[] bytes, nint size, long offset);

    private int StartGuard()
    {
        List<string> words = ["/bin/sh", "-c", Guard, "faultline-guard"];
        ulong last = 0;
        foreach ((ulong address, (_, byte[] original)) in _points)
        {
            words.Add((address - last).ToString(CultureInfo.InvariantCulture));
            StringBuilder text = new();
            foreach (byte value in original)
                text.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
            words.Add(text.ToString());
            last = address + (ulong)original.Length;
        }

        using SafePipeHandle hears = _word.ClientSafePipeHandle;
        using FileStream nowhere = new("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        nint nothing = nowhere.SafeFileHandle.DangerousGetHandle();
        return ChildProcess.Start(words, [(hears.DangerousGetHandle(), 0), (nothing, 1), (nothing, 2), (_memory.DangerousGetHandle(), 3)], [], ownSession: true);
    }
}

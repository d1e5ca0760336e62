using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Faultline.Binaries;
using Faultline.Binaries.Code.Fatals;
using Faultline.Capture.Probes;
using Microsoft.Win32.SafeHandles;

namespace Faultline.Capture.Catching;

/// <summary>A thread that met a fatal point.</summary>
/// <param name="Time">In ticks of <see cref="System.Diagnostics.Stopwatch"/>, whose clock is the kernel's.</param>
/// <param name="Registers">As they were before the point's instruction ran: the first words of <c>user_regs_struct</c>.</param>
internal sealed record StopHit(long Time, byte[] Registers)
{
    private const int GoroutineWord = 1, ProgramCounterWord = 16, StackPointerWord = 19;

    public ulong ProgramCounter => Word(Registers, ProgramCounterWord);

    /// <summary>True for the registers of the same thread, an instruction later.</summary>
    public bool IsOf(ReadOnlySpan<byte> registers)
    {
        const ulong mostPushed = 4096;
        ulong here = Word(Registers, StackPointerWord), there = Word(registers, StackPointerWord);
        return Word(registers, GoroutineWord) == Word(Registers, GoroutineWord) && Math.Max(here, there) - Math.Min(here, there) <= mostPushed;
    }

    private static ulong Word(ReadOnlySpan<byte> registers, int word) => BinaryPrimitives.ReadUInt64LittleEndian(registers[(word * 8)..]);
}

/// <summary>
/// Probes of the kernel on the fatal points of one process, with a small program that stops the whole process when a thread meets one. Nobody traces the process before, so it runs as
/// if nobody watched. They end with this object, or with faultline. Needs the rights to load such a program; amd64.
/// </summary>
internal sealed unsafe partial class StopProbes : IDisposable
{
    private const int AttributeSize = 128;
    private const int MapCreate = 0, MapUpdate = 2, ProgramLoad = 5, TakeElement = 21;
    private const int ArrayMap = 2, QueueMap = 22, ProbeProgram = 2;
    private const int MostHits = 64;
    private const nint BpfNumber = 321, PerfNumber = 298;
    private const nuint SetProgram = 0x40042408;
    private const ulong CloseOnExec = 8;

    private readonly List<SafeFileHandle> _handles = [];
    private int _records;
    private int _off;

    private StopProbes()
    {
    }

    public int Count { get; private set; }

    /// <summary>Null when this user, this kernel or this machine does not do it.</summary>
    /// <param name="processId">Also of a process that is to become the program.</param>
    public static StopProbes? TrySet(int processId, GoBinary binary, IReadOnlyList<FatalPoint> points)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || binary.Architecture is not "amd64" || ProbeType() is not { } type)
            return null;
        StopProbes probes = new();
        if (probes.TryLoad(out int program) && probes.TryProbe(type, processId, binary, points, program))
            return probes;
        probes.Dispose();
        return null;
    }

    /// <summary>The next thread that met a point.</summary>
    public bool TryTake(out StopHit hit)
    {
        byte* record = stackalloc byte[StopProgram.RecordSize];
        Span<byte> attribute = stackalloc byte[AttributeSize];
        attribute.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(attribute, _records);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute[16..], (ulong)record);
        bool isThere = Call(TakeElement, attribute) == 0;
        ReadOnlySpan<byte> bytes = new(record, StopProgram.RecordSize);
        hit = isThere ? new StopHit(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), bytes[16..].ToArray()) : null!;
        return isThere;
    }

    /// <summary>From here on nobody is stopped any more.</summary>
    public void Disarm()
    {
        uint key = 0, on = 1;
        Span<byte> attribute = stackalloc byte[AttributeSize];
        attribute.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(attribute, _off);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute[8..], (ulong)&key);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute[16..], (ulong)&on);
        _ = Call(MapUpdate, attribute);
    }

    /// <summary>Takes the probes away. For each the kernel waits some hundredths of a second until nobody can be in it any more.</summary>
    public void Dispose()
    {
        _handles.ForEach(handle => handle.Dispose());
        _handles.Clear();
    }

    /// <summary>The same without waiting, for a process that is about to end: should faultline end before, single breakpoints may stay in the memory of that process, where they do nothing.</summary>
    public void DisposeLater()
    {
        SafeFileHandle[] handles = [.. _handles];
        _handles.Clear();
        new Thread(() => Array.ForEach(handles, handle => handle.Dispose())) { IsBackground = true, Name = "probes" }.Start();
    }

    private static int? ProbeType()
    {
        try
        {
            return int.Parse(File.ReadLines("/sys/bus/event_source/devices/uprobe/type").FirstOrDefault() ?? "", NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private bool TryLoad(out int program)
    {
        program = -1;
        _records = CreateMap(QueueMap, keySize: 0, StopProgram.RecordSize, MostHits);
        _off = _records < 0 ? -1 : CreateMap(ArrayMap, sizeof(uint), sizeof(uint), 1);
        if (_off < 0)
            return false;
        byte[] code = StopProgram.Build(_records, _off);
        fixed (byte* instructions = code)
        fixed (byte* license = "GPL\0"u8)
        {
            Span<byte> attribute = stackalloc byte[AttributeSize];
            attribute.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(attribute, ProbeProgram);
            BinaryPrimitives.WriteInt32LittleEndian(attribute[4..], code.Length / 8);
            BinaryPrimitives.WriteUInt64LittleEndian(attribute[8..], (ulong)instructions);
            BinaryPrimitives.WriteUInt64LittleEndian(attribute[16..], (ulong)license);
            program = Keep(Call(ProgramLoad, attribute));
        }

        return program >= 0;
    }

    private int CreateMap(int type, int keySize, int valueSize, int count)
    {
        Span<byte> attribute = stackalloc byte[AttributeSize];
        attribute.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(attribute, type);
        BinaryPrimitives.WriteInt32LittleEndian(attribute[4..], keySize);
        BinaryPrimitives.WriteInt32LittleEndian(attribute[8..], valueSize);
        BinaryPrimitives.WriteInt32LittleEndian(attribute[12..], count);
        return Keep(Call(MapCreate, attribute));
    }

    private bool TryProbe(int type, int processId, GoBinary binary, IReadOnlyList<FatalPoint> points, int program)
    {
        byte* path = (byte*)Marshal.StringToCoTaskMemUTF8(Path.GetFullPath(binary.Path));
        Span<byte> attribute = stackalloc byte[AttributeSize];
        try
        {
            foreach (FatalPoint point in points)
            {
                if (ProbeTarget.FileOffset(binary, point.Address) is not { } offset)
                    return false;
                // struct perf_event_attr of <linux/perf_event.h>; the probe's file and place are its config1 and config2.
                attribute.Clear();
                BinaryPrimitives.WriteInt32LittleEndian(attribute, type);
                BinaryPrimitives.WriteInt32LittleEndian(attribute[4..], AttributeSize);
                BinaryPrimitives.WriteUInt64LittleEndian(attribute[56..], (ulong)path);
                BinaryPrimitives.WriteInt64LittleEndian(attribute[64..], offset);
                int probe;
                fixed (byte* first = attribute)
                    probe = Keep(Open(PerfNumber, first, processId, processor: -1, group: -1, CloseOnExec));
                if (probe < 0 || Control(probe, SetProgram, program) != 0)
                    return false;
                Count++;
            }
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)path);
        }

        return Count > 0;
    }

    private int Keep(nint descriptor)
    {
        if (descriptor >= 0)
            _handles.Add(new SafeFileHandle(descriptor, ownsHandle: true));
        return (int)descriptor;
    }

    private static nint Call(int command, Span<byte> attribute)
    {
        fixed (byte* first = attribute)
            return Bpf(BpfNumber, command, first, attribute.Length);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Bpf(nint number, nint command, byte* attribute, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Open(nint number, byte* attribute, nint process, nint processor, nint group, ulong flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, nint argument);
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Faultline.Capture.Machine;

/// <summary>The processor's registers that watch memory. Some virtual machines accept what they are told and never report a hit.</summary>
internal static unsafe partial class DebugRegisters
{
    private const int AttributeSize = 128;
    private const uint BreakpointEvent = 5, OnWrite = 2;
    private const ulong UserOnly = 1 << 5 | 1 << 6;
    private const ulong CloseOnExec = 8;
    private const int Writes = 3;

    private static readonly Lazy<bool?> s_work = new(Try);

    /// <summary>True when a write to watched memory is seen; null when the kernel does not let this user try.</summary>
    public static bool? Work => s_work.Value;

    private static bool? Try()
    {
        nint number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 298,
            Architecture.Arm64 => 241,
            _ => 0,
        };
        if (number == 0)
            return null;
        var watched = (byte*)NativeMemory.AlignedAlloc(64, 64);
        try
        {
            // struct perf_event_attr of <linux/perf_event.h>.
            Span<byte> attribute = stackalloc byte[AttributeSize];
            attribute.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(attribute, BreakpointEvent);
            BinaryPrimitives.WriteUInt32LittleEndian(attribute[4..], AttributeSize);
            BinaryPrimitives.WriteUInt64LittleEndian(attribute[40..], UserOnly);
            BinaryPrimitives.WriteUInt32LittleEndian(attribute[52..], OnWrite);
            BinaryPrimitives.WriteUInt64LittleEndian(attribute[56..], (ulong)watched);
            BinaryPrimitives.WriteUInt64LittleEndian(attribute[64..], 1);
            nint descriptor;
            fixed (byte* first = attribute)
                descriptor = Open(number, first, thread: 0, processor: -1, group: -1, CloseOnExec);
            if (descriptor < 0)
                return null;
            using SafeFileHandle handle = new(descriptor, ownsHandle: true);
            for (int i = 0; i < Writes; i++)
                Volatile.Write(ref *watched, (byte)i);
            ulong count = 0;
            return Read((int)descriptor, &count, sizeof(ulong)) == sizeof(ulong) && count >= Writes;
        }
        finally
        {
            NativeMemory.AlignedFree(watched);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Open(nint number, byte* attribute, nint thread, nint processor, nint group, ulong flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, ulong* count, nint size);
}

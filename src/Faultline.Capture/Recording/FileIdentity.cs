using System.Runtime.InteropServices;

namespace Faultline.Capture.Recording;

/// <summary>What makes a file itself, whatever its name: probes are set on it, not on its path.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode)
{
    private const int CurrentFolder = -100;
    private const uint InodeField = 0x100;

    /// <summary>Follows links, also those of <c>/proc/PID/exe</c> whose file was deleted; null when there is none.</summary>
    public static FileIdentity? Of(string path)
    {
        StatBuffer buffer = default;
        return ExtendedStat(CurrentFolder, path, 0, InodeField, ref buffer) == 0 ? new FileIdentity(buffer.DeviceMajor, buffer.DeviceMinor, buffer.Inode) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExtendedStat(int folder, string path, int flags, uint mask, ref StatBuffer buffer);

    // struct statx of <linux/stat.h>, the same on all architectures.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatBuffer
    {
        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}

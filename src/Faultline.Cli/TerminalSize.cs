using System.Runtime.InteropServices;

namespace Faultline.Cli;

/// <summary>
/// How wide a terminal is. <see cref="Console"/> would answer too, but it takes the terminal over for that: it writes the sequence of application
/// keys, with NO_COLOR as well, and knows nothing of standard error's terminal.
/// </summary>
internal static partial class TerminalSize
{
    private const int Usual = 80;

    // TIOCGWINSZ of <asm-generic/ioctls.h>
    private const nuint GetWindowSize = 0x5413;

    /// <summary>Columns of the terminal that a descriptor is; 80 when it is none, 0 when the terminal does not know.</summary>
    public static int Columns(int descriptor) => Control(descriptor, GetWindowSize, out WindowSize size) == 0 ? size.Columns : Usual;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, out WindowSize size);

    // struct winsize of <asm-generic/termios.h>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}

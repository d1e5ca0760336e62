using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Faultline.Diagnosis.Tests.Memory;

/// <summary>
/// An arm64 program under qemu's user mode (package qemu-user-static), held through the stub that qemu has for debuggers. Of the protocol
/// ("GDB Remote Serial Protocol" in gdb's manual) it speaks what stepping needs: s, c, g, m, Z0 and z0.
/// </summary>
internal sealed class QemuStub : IDisposable
{
    public const int LinkRegister = 30;
    private const int ProgramCounter = 32;
    private const int AnswerTimeout = 60_000; // Milliseconds; qemu shares the machine with other tests.

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("qemu");
    private readonly HashSet<ulong> breakpoints = [];
    private readonly byte[] buffer = new byte[4096];
    private readonly UnixDomainSocketEndPoint endpoint;
    private readonly Process process;
    private Socket socket = NewSocket();
    private string registers = "";
    private int start;
    private int end;

    private QemuStub(string program)
    {
        var path = Path.Combine(folder.FullName, "gdb");
        var command = new ProcessStartInfo("qemu-aarch64-static", ["-g", path, program]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        command.Environment["GODEBUG"] = "asyncpreemptoff=1";
        command.Environment["GOMAXPROCS"] = "1";
        command.Environment["GOGC"] = "off";
        process = Process.Start(command)!;
        endpoint = new UnixDomainSocketEndPoint(path);
    }

    public ulong Pc => this[ProgramCounter];

    /// <summary>A register at the last stop: x0 to x30, the stack pointer, the program counter.</summary>
    public ulong this[int register] =>
        BinaryPrimitives.ReverseEndianness(ulong.Parse(registers.AsSpan(register * 16, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    /// <summary>Starts a program and stops it before its first instruction.</summary>
    public static async Task<QemuStub> Start(string program, CancellationToken cancellation)
    {
        var stub = new QemuStub(program);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                stub.socket.Connect(stub.endpoint); // A socket that once waited asynchronously is slow at short answers for good.
                stub.Resume("?");
                return stub;
            }
            catch (SocketException) when (clock.ElapsedMilliseconds < AnswerTimeout && !stub.process.HasExited)
            {
                stub.socket.Dispose();
                stub.socket = NewSocket();
                await Task.Delay(10, cancellation); // It does not listen yet, and has no way to say when.
            }
        }
    }

    public void Break(ulong address)
    {
        if (breakpoints.Add(address))
            Assert.Equal("OK", Ask($"Z0,{address:x},4"));
    }

    public void Unbreak(ulong address)
    {
        if (breakpoints.Remove(address))
            Assert.Equal("OK", Ask($"z0,{address:x},4"));
    }

    /// <summary>Runs one instruction; false when the program ended.</summary>
    public bool Step()
    {
        var pc = Pc;
        if (!breakpoints.Contains(pc))
            return Resume("s");
        Unbreak(pc);
        var goesOn = Resume("s");
        if (goesOn)
            Break(pc);
        return goesOn;
    }

    /// <summary>Runs to the next breakpoint; false when the program ended.</summary>
    public bool Continue() => Step() && (breakpoints.Contains(Pc) || Resume("c"));

    /// <summary>Runs to an address, or to a breakpoint before it.</summary>
    public bool ContinueTo(ulong address)
    {
        var isNew = !breakpoints.Contains(address);
        Break(address);
        var goesOn = Continue();
        if (goesOn && isNew)
            Unbreak(address);
        return goesOn;
    }

    public byte ReadByte(ulong address) => byte.Parse(Ask($"m{address:x},1"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public void Dispose()
    {
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = AnswerTimeout };

    private bool Resume(string command)
    {
        var stop = Ask(command);
        if (stop is not ['T' or 'S', '0', '5', ..])
            return stop is "W00" ? false : throw new InvalidOperationException($"the program stopped: {stop}");
        registers = Ask("g");
        return true;
    }

    /// <summary>Confirms the answer before, for which qemu waits, and asks.</summary>
    private string Ask(string command)
    {
        socket.Send(Encoding.ASCII.GetBytes($"+${command}#{command.Sum(letter => letter) & 0xFF:x2}"));
        while (Next() != '$')
        {
        }

        var answer = new StringBuilder();
        for (var letter = Next(); letter != '#'; letter = Next())
            answer.Append(letter);
        (_, _) = (Next(), Next());
        return answer.ToString();
    }

    private char Next()
    {
        if (start == end)
            (start, end) = (0, socket.Receive(buffer));
        return end == 0 ? throw new EndOfStreamException("qemu hung up") : (char)buffer[start++];
    }
}

using System.Text;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Tracebacks;

/// <summary>Logs written in the tests, and the parts of them that the tests look at.</summary>
internal static class Given
{
    public static TracebackLog Log(string text) => Log(Encoding.UTF8.GetBytes(text));

    public static TracebackLog Log(ReadOnlySpan<byte> text)
    {
        var parser = new TracebackParser("-");
        parser.Write(text);
        return parser.Complete();
    }

    public static CrashReport Report(string text) => Assert.Single(Log(text).Reports);

    /// <summary>A goroutine with this header and body.</summary>
    public static GoroutineTrace Goroutine(string header, string body = "main.f()\n\t/src/a.go:1 +0x1\n") =>
        Assert.Single(Report($"{header}\n{body}").Goroutines);

    /// <summary>The only frame of a goroutine with this body.</summary>
    public static TracebackFrame Frame(string body) => Assert.Single(Goroutine("goroutine 1 [running]:", body).Frames);
}

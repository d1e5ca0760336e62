using System.Text;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Carriers;

/// <summary>Logs larger than memory should ever be asked for; what is no part of a crash leaves nothing behind.</summary>
[Collection(MeasuredMemory.Name)]
public class LargeLogTests
{
    private const int BlockSize = 1 << 20;
    private const long Size = 3L << 30;
    private const long MostKept = 64L << 20;

    private static readonly byte[] s_crash = Encoding.UTF8.GetBytes("fatal error: concurrent map writes\n\ngoroutine 7 [running]:\nmain.f(0x1)\n\t/a.go:1 +0x1\n\n");

    /// <summary>Ordinary lines, with what resembles a traceback among them.</summary>
    [Theory]
    [InlineData("2026-11-24T01:02:03Z INFO served path=/items status=200 took=17us", "goroutine pool resized (7 of 9)")]
    [InlineData("[pod/app-0/app] {\"level\":\"info\",\"msg\":\"served\"}", "[pod/app-1/app] goroutine 7 is idle")]
    public void A_crash_at_the_end_of_gigabytes_is_found_on_its_line(string often, string seldom)
    {
        byte[] block = MakeBlock(often, seldom, out int lines);
        long rounds = (often[0] == '[' ? Size / 8 : Size) / block.Length;
        var reader = new LogReader("large.log");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (long round = 0; round < rounds; round++)
            reader.Write(block);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < MostKept);
        reader.Write(s_crash);

        CrashReport report = Assert.Single(Assert.Single(reader.Complete()).Reports);
        Assert.Equal((rounds * lines) + 1, report.FirstLine);
        Assert.Equal((rounds * lines) + 3, Assert.Single(report.Goroutines).LogLine);
    }

    private static byte[] MakeBlock(string often, string seldom, out int lines)
    {
        var text = new StringBuilder(BlockSize + 128);
        for (lines = 0; text.Length < BlockSize; lines++)
            text.Append(lines % 100 == 99 ? seldom : often).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

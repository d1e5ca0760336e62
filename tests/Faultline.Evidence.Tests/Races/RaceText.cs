using System.Text;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Races;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Races;

/// <summary>Reports as the detector prints them, for tests of single rules; the samples' tests have real ones.</summary>
internal static class RaceText
{
    public const string Map =
        """
        ==================
        WARNING: DATA RACE
        Read at 0x00c0000941b0 by goroutine 9:
          runtime.mapaccess1_faststr()
              /usr/local/go/src/runtime/map_faststr.go:13 +0x0
          example.com/app.(*store).get()
              /src/app/store.go:64 +0x50
          main.handle()
              /src/app/main.go:78 +0x72

        Previous write at 0x00c0000941b0 by main goroutine:
          runtime.mapassign_faststr()
              /usr/local/go/src/runtime/map_faststr.go:203 +0x0
          example.com/app.(*store).set()
              /src/app/store.go:62 +0x50

        Goroutine 9 (running) created at:
          main.main()
              /src/app/main.go:76 +0x1be
        ==================

        """;

    public const string Lost =
        """
        ==================
        WARNING: DATA RACE
        Write at 0x00c000018090 by goroutine 8:
          main.main.func2()
              C:/src dir/app:1/main.go:13 +0xb1

        Previous read at 0x00c000018090 by goroutine 7:
          [failed to restore the stack]

        Goroutine 8 (running) created at:
          main.main()
              C:/src dir/app:1/main.go:12 +0x1f

        Goroutine 7 (finished) created at:
          [failed to restore the stack]
        ==================

        """;

    public static IReadOnlyList<TracebackLog> Logs(string text) => LogReader.Parse(new MemoryStream(Encoding.UTF8.GetBytes(text)), "race.log");

    public static RaceSummary Read(string text) => Assert.Single(Logs(text)).Races;

    public static RaceReport Single(string text) => Assert.Single(Assert.Single(Read(text).Groups).Places).Example;
}

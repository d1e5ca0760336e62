using System.Globalization;
using Faultline.Evidence.Scheduling;

namespace Faultline.Bench;

/// <summary>
/// Time and memory of reading scheduler traces of any size (1,000 MB without <c>--size</c>), file reading included, in one thread. The logs are made
/// up: steps alone, steps among the program's lines, and details of a thousand goroutines among them. <c>--write FOLDER</c> keeps them there.
/// </summary>
internal static class SchedulerBenchmark
{
    private const int GoroutineCount = 1000;

    private static readonly (string Name, bool HasDetails, int ProgramLines)[] Logs = [("steps", false, 0), ("steps and output", false, 20), ("details", true, 100)];

    public static int Run(string[] arguments)
    {
        long size = 1_000_000_000;
        string? kept = null;
        for (int at = 0; at + 1 < arguments.Length; at += 2)
        {
            if (arguments[at] == "--size")
                size = long.Parse(arguments[at + 1], CultureInfo.InvariantCulture) * 1_000_000;
            else if (arguments[at] == "--write")
                kept = arguments[at + 1];
        }

        DirectoryInfo folder = kept is null ? Directory.CreateTempSubdirectory("faultline-sched-") : Directory.CreateDirectory(kept);
        try
        {
            Console.WriteLine("| log | size | steps | seconds | MB/s | peak RSS so far |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
            foreach ((string name, bool hasDetails, int programLines) in Logs)
            {
                string path = Path.Combine(folder.FullName, name.Replace(' ', '-') + ".log");
                Write(path, size, hasDetails, programLines);
                Read(name, path);
                if (kept is null)
                    File.Delete(path);
            }
        }
        finally
        {
            if (kept is null)
                folder.Delete(recursive: true);
        }

        return 0;
    }

    private static void Read(string name, string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Measurement taken = Measurement.Take(() => SchedulerLogReader.Read(stream, path), out SchedulerSeries series);
        double megabytes = stream.Length / 1e6;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {megabytes:F0} MB | {series.StepCount} | {taken.Seconds:F1} | {megabytes / taken.Seconds:F0} | {taken.PeakMegabytes:F0} MB |"));
    }

    private static void Write(string path, long size, bool hasDetails, int programLines)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
        using StreamWriter writer = new(stream, bufferSize: 1 << 20) { NewLine = "\n" };
        Random random = new(1);
        for (long step = 0; stream.Length < size; step++)
        {
            for (int line = 0; line < programLines; line++)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"2026/11/26 18:00:{step % 60:00} served path=/items/{random.Next(1000)} status=200 took={random.Next(900)}us\n"));
            string head = string.Create(CultureInfo.InvariantCulture, $"SCHED {step * 100}ms: gomaxprocs=8 idleprocs={random.Next(9)} threads={12 + random.Next(4)} spinningthreads=0 needspinning=0 idlethreads={random.Next(5)} runqueue={random.Next(3)}");
            if (!hasDetails)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{head} [ {random.Next(3)} 0 {random.Next(3)} 0 0 0 0 0 ] schedticks=[ {step} {step} {step} {step} {step} {step} {step} {step} ]\n"));
            else
                WriteDetails(writer, head, random);
        }
    }

    private static void WriteDetails(StreamWriter writer, string head, Random random)
    {
        writer.Write(head + " gcwaiting=false nmidlelocked=0 stopwait=0 sysmonwait=false\n");
        for (int id = 0; id < 8; id++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  P{id}: status=1 schedtick={random.Next(9999)} syscalltick=5 m={id} runqsize={random.Next(3)} gfreecnt=0 timerslen=1\n"));
        for (int id = 0; id < 12; id++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  M{id}: p=nil curg=nil mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=true lockedg=nil\n"));
        for (int id = 1; id <= GoroutineCount; id++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  G{id}: status=4({(random.Next(4) == 0 ? "select" : "chan receive")}) m=nil lockedm=nil\n"));
    }
}

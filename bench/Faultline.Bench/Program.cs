using Faultline.Bench;

return args switch
{
    ["tracebacks", .. var rest] => TracebackBenchmark.Run(rest),
    ["carriers", .. var rest] => CarrierBenchmark.Run(rest),
    ["sched", .. var rest] => SchedulerBenchmark.Run(rest),
    ["unwind", .. var rest] => UnwindBenchmark.Run(rest),
    ["traces", .. var rest] => TraceBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Faultline.Bench tracebacks [LOG] [--runs N] [--against COMMAND]");
    Console.Error.WriteLine("       Faultline.Bench carriers [LOG]");
    Console.Error.WriteLine("       Faultline.Bench sched [--size MEGABYTES] [--write FOLDER]");
    Console.Error.WriteLine("       Faultline.Bench unwind PERF.DATA BINARY");
    Console.Error.WriteLine("       Faultline.Bench traces [TRACE]");
    return 64;
}

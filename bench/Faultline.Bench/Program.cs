using Faultline.Bench;

return args switch
{
    ["tracebacks", .. var rest] => TracebackBenchmark.Run(rest),
    ["carriers", .. var rest] => CarrierBenchmark.Run(rest),
    ["unwind", .. var rest] => UnwindBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Faultline.Bench tracebacks [LOG] [--runs N] [--against COMMAND]");
    Console.Error.WriteLine("       Faultline.Bench carriers [LOG]");
    Console.Error.WriteLine("       Faultline.Bench unwind PERF.DATA BINARY");
    return 64;
}

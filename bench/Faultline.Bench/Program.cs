using Faultline.Bench;

return args switch
{
    ["tracebacks", .. var rest] => TracebackBenchmark.Run(rest),
    ["carriers", .. var rest] => CarrierBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Faultline.Bench tracebacks [LOG] [--runs N] [--against COMMAND]");
    Console.Error.WriteLine("       Faultline.Bench carriers [LOG]");
    return 64;
}

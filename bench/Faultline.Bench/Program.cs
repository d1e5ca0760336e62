using Faultline.Bench;

return args switch
{
    ["tracebacks", .. var rest] => TracebackBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Faultline.Bench tracebacks [LOG] [--runs N] [--against COMMAND]");
    return 64;
}

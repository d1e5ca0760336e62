using System.Reflection;
using Faultline.Cli;
using Faultline.Cli.Commands;

// Asked by scripts before everything else, so it does not wait for the command line to be built.
if (args is ["--version"])
{
    string version = typeof(ExitCode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
    using Stream output = StandardStreams.OpenOutput();
    output.Write(System.Text.Encoding.UTF8.GetBytes($"faultline {version.Split('+')[0]}\n"));
    return ExitCode.Ok;
}

try
{
    return CommandLine.Run(args);
}
catch (UserErrorException error)
{
    StandardStreams.Tell($"faultline: {error.Message}");
    return error.ExitCode;
}
catch (Exception error)
{
    StandardStreams.Tell("faultline: internal error, the fault is ours. Please report it with the command and, if you may share it, the input; FAULTLINE_DEBUG=1 shows details.");
    if (Environment.GetEnvironmentVariable("FAULTLINE_DEBUG") == "1")
        StandardStreams.Tell(error.ToString());
    return ExitCode.Internal;
}

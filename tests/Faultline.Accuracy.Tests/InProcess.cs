using Faultline.Binaries;
using Faultline.Diagnosis;
using Faultline.Evidence.Tracebacks;
using Faultline.Reports.Json;

namespace Faultline.Accuracy.Tests;

/// <summary>The diagnosis without the command line around it.</summary>
internal static class InProcess
{
    public static Answer Ask(string logPath, string? binaryPath) => Answer.Parse(Report(logPath, binaryPath));

    /// <summary>The report as JSON.</summary>
    public static byte[] Report(string logPath, string? binaryPath)
    {
        using FileStream log = File.OpenRead(logPath);
        using GoBinary? binary = binaryPath is null ? null : GoBinary.Open(binaryPath);
        DiagnosisReport report = Diagnostician.Diagnose(new DiagnosisInputs { Logs = [TracebackParser.Parse(log, logPath)], Binary = binary });
        using MemoryStream json = new();
        JsonReport.Write(report, json);
        return json.ToArray();
    }
}

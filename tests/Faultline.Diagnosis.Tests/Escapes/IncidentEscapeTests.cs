using System.Text.Json;
using Faultline.Diagnosis.Escapes;
using Faultline.Diagnosis.Incidents;
using Faultline.Evidence.Carriers;
using Faultline.Evidence.Escapes;
using Faultline.Reports.Json;
using Faultline.Reports.Text;
using Faultline.Samples;

namespace Faultline.Diagnosis.Tests.Escapes;

/// <summary>A real crash over a map that two closures share, beside what the compiler printed: the variable, and the literal of each side.</summary>
public sealed class IncidentEscapeTests
{
    [Theory]
    [InlineData("1.19")]
    [InlineData("1.23")]
    [InlineData("1.27")]
    public void The_literals_of_victim_and_rivals_are_those_that_hold_the_variable(string version)
    {
        Toolchain toolchain = Toolchain.TryFind(version)!;
        SampleProgram program = SampleProgram.Find("mapclosure");
        using SampleRun run = SampleRun.Run(SampleBinary.Build(program, toolchain), new SampleRunOptions { Traceback = "all" });
        string build = Path.Combine(run.Folder, "build.log");
        BuildOutput.OfFolder(toolchain, SamplesFolder.Path, build, "build", "-p", "1", "-gcflags=-m=2", "-o", "/dev/null", $"./{program.RelativePath}");
        using FileStream log = File.OpenRead(run.LogPath);
        using FileStream output = File.OpenRead(build);
        EscapeIndex index = new(EscapeLogReader.Read(output, "build.log"));
        var inputs = new DiagnosisInputs { Logs = LogReader.Parse(log, "crash.log"), Builds = [index] };

        DiagnosisReport report = Diagnostician.Diagnose(inputs);
        Incident incident = Assert.Single(report.Incidents);
        VariableEscape escape = Assert.Single(incident.Escapes);
        Assert.Equal(("app", "routes", false), (escape.Variable.Name, escape.Variable.Function, escape.IsByLine));
        EscapeHolder victim = Assert.Single(escape.Holders, holder => holder.Sides.Contains(0));
        // The literals lie in the order of the source: the first reads, the second writes, whatever their symbols are called.
        Assert.Equal(program.TryFindMarker("race:read")!.Line == incident.Victim!.Line ? "routes.func1" : "routes.func2", victim.Capture.Closure!.Name);
        Assert.Equal(["routes.func1", "routes.func2"], escape.Holders.Select(holder => holder.Capture.Closure!.Name));
        Assert.Equal(incident.Confidence, Diagnostician.Diagnose(inputs with { Builds = [] }).Incidents[0].Confidence);
        Assert.Empty(Diagnostician.Diagnose(inputs with { Builds = [] }).Incidents[0].Escapes);

        using StringWriter text = new();
        TextReport.Write(report, text, TextStyle.Plain);
        Assert.Contains("victim: held by value by " + victim.Capture.Closure.Name, string.Join(' ', text.ToString().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        using MemoryStream json = new();
        JsonReport.Write(report, json);
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        JsonElement written = Assert.Single(document.RootElement.GetProperty("incidents")[0].GetProperty("escapes").EnumerateArray());
        Assert.Equal(("app", "build.log"), (written.GetProperty("name").GetString(), written.GetProperty("source").GetString()));
    }
}

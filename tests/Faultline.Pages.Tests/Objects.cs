using System.Diagnostics;
using System.Text.Json;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Memory;
using Faultline.Reports.Findings;
using Faultline.Reports.Html;
using Faultline.Reports.Redaction;
using Faultline.Reports.Tests;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Samples;

namespace Faultline.Pages.Tests;

/// <summary>A parked program's core, pages with pictures of what is in it, and what <c>faultline core</c> says of it.</summary>
internal sealed class Objects : IDisposable
{
    private readonly CoreDump _dump;
    private readonly RuntimeState _state;
    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-objects-").FullName;

    public Objects(string version)
    {
        Core = ParkedCore.Take(SampleBinary.Build(SampleProgram.FindParked("objects"), Toolchain.TryFind(version)!));
        _dump = CoreDump.Open(Core.CorePath, new CoreOptions { BinaryPath = Core.Binary.Path });
        _state = RuntimeState.TryAttach(_dump.Binary, _dump.LoadBias, _dump.Memory, _dump.Core.Threads, new DiagnosticLog(Core.CorePath))!;
    }

    public ParkedCore Core { get; }

    public void Dispose()
    {
        _dump.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What the program wrote about itself.</summary>
    public JsonElement Truth(string part, string name)
    {
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(Core.TruthPath));
        return truth.RootElement.GetProperty(part).GetProperty(name).Clone();
    }

    public string AddressOf(string part, string name) => $"0x{Truth(part, name).GetProperty("Address").GetString()}";

    public MapPicture Map(string name, string type)
    {
        MapPicture? picture = MapPicture.Read(new MemoryImage(Core.CorePath, _state), Convert.ToUInt64(AddressOf("Maps", name), 16), _state.Types.FindByName(type));
        Assert.True(picture is { Type: not null }, $"{type} is not in the program");
        return picture;
    }

    public ChannelPicture Channel(string name) => ChannelPicture.Read(new MemoryImage(Core.CorePath, _state), Convert.ToUInt64(AddressOf("Channels", name), 16))!;

    /// <summary>A page with these pictures.</summary>
    public string Page(bool isRedacted, params IReadOnlyList<ObjectPicture> pictures)
    {
        Incident incident = SampleReports.MapRace() with { Pictures = pictures };
        ReportSubject subject = ReportSubject.Of(SampleReports.Of(incident));
        if (isRedacted)
            subject = ReportRedaction.Apply(subject, "a key of the tests");
        string path = Path.Combine(_folder, "page.html");
        using FileStream stream = File.Create(path);
        HtmlReport.Write(subject.Crashes!, stream);
        return path;
    }

    /// <summary>The answer of <c>faultline core</c>.</summary>
    public JsonElement Ask(string view, string address, params string[] more) => Ask(["core", Core.Binary.Path, Core.CorePath, view, address, .. more]);

    public static JsonElement Ask(params string[] arguments)
    {
        string output = Run([.. arguments, "--format", "json"], 0);
        using JsonDocument answer = JsonDocument.Parse(output);
        return answer.RootElement.Clone();
    }

    /// <summary>A recording of the death of a program that dies by chance.</summary>
    public static string Catch(string folder, string binary, params string[] arguments)
    {
        const int Attempts = 4;
        for (int attempt = 1; ; attempt++)
        {
            string recording = Path.Combine(folder, $"recording-{attempt}");
            (int code, string output, string errors) = Start(["catch", "-o", recording, "--", binary, .. arguments]);
            if (code == 2 && Directory.Exists(recording))
                return recording;
            Assert.True(attempt < Attempts, $"nothing was caught: exit code {code}, {output}{errors}");
        }
    }

    public static string Run(string[] arguments, int expected)
    {
        (int code, string output, string errors) = Start(arguments);
        Assert.True(code == expected, errors);
        return output;
    }

    private static (int Code, string Output, string Errors) Start(string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "faultline"), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}

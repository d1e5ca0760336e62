using Faultline.Binaries.Reading;
using Faultline.Diagnosis;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;
using Faultline.Reports.Findings;
using Faultline.Reports.Redaction;

namespace Faultline.Reports.Tests.Formats;

/// <summary>What must not leave the house is in no format, and what belongs together still does.</summary>
public sealed class RedactionTests
{
    private static readonly string[] s_secrets =
    [
        "alice", "hunter2", "customer-4711", "/home/bob/src", "cache.go", "acme-prod", "db7.internal.acme.corp", "10.1.2.3", "fe80::1:2:3", "admin@acme.example", "s3cr3t-token",
        "c00012a3c0", "4a1b31", "550e8400-e29b-41d4-a716-446655440000", "deadbeefdeadbeefdeadbeef", "payroll", "tenant-x", "/opt/acme/bin/payroll", "web-1-pod", "6f3a09c1ffee", "https://vault.acme.example/v1/keys",
    ];

    public static TheoryData<string> Formats => [.. Writers.Names];

    [Theory]
    [MemberData(nameof(Formats))]
    public void No_secret_is_in_any_format(string format)
    {
        ReportSubject secret = ReportSubject.Of(Secretive());
        string open = Writers.Render(format, secret);
        // What the test looks for would be there.
        Assert.Contains("cache.go", open, StringComparison.Ordinal);
        string told = Writers.Render(format, ReportRedaction.Apply(secret, null));
        foreach (string value in s_secrets)
            Assert.DoesNotContain(value, told, StringComparison.OrdinalIgnoreCase);
        // Functions stay: without them nobody could say anything about the crash.
        Assert.Contains("put", told, StringComparison.Ordinal);
        Assert.Contains("expire", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_secret_is_in_the_open_report()
    {
        string open = Writers.Render("json", ReportSubject.Of(Secretive()));
        Assert.All(s_secrets, value => Assert.Contains(value, open, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_key_decides_the_hashes(string format)
    {
        ReportSubject secret = ReportSubject.Of(Secretive());
        string first = Writers.Render(format, ReportRedaction.Apply(secret, "key"));
        Assert.Equal(first, Writers.Render(format, ReportRedaction.Apply(secret, "key")));
        Assert.NotEqual(first, Writers.Render(format, ReportRedaction.Apply(secret, "other")));
        Assert.NotEqual(Writers.Render(format, ReportRedaction.Apply(secret, null)), Writers.Render(format, ReportRedaction.Apply(secret, null)));
    }

    [Fact]
    public void Equal_values_stay_equal_and_different_ones_different()
    {
        Incident told = ReportRedaction.Apply(ReportSubject.Of(Secretive()), "key").Crashes!.Incidents[0];
        Assert.Equal(told.Victim!.File, told.Victim.Frames[1].File);
        Assert.EndsWith(".go", told.Victim.File, StringComparison.Ordinal);
        Assert.Equal(42, told.Victim.Line);
        Assert.NotEqual(told.Object!.Address, told.Victim.Pc);
        Assert.Equal(told.Object.Address, told.Rivals[0].ObjectAddress);
        Assert.Contains($"0x{told.Object.Address:x}", told.Rivals[0].Why, StringComparison.Ordinal);
        // The base name in a sentence is that of the path.
        Assert.Contains(told.Victim.File[(told.Victim.File.LastIndexOf('/') + 1)..], told.Summary, StringComparison.Ordinal);
        Assert.Equal(told.Log.Source, told.Evidence[0].Source);
    }

    [Fact]
    public void A_graph_of_waits_keeps_its_shape()
    {
        Incident told = ReportRedaction.Apply(ReportSubject.Of(SampleReports.Of(SampleReports.Deadlock())), null).Crashes!.Incidents[0];
        HashSet<string> ids = [.. told.WaitGraph.Nodes.Select(node => node.Id)];
        Assert.All(told.WaitGraph.Edges, edge => Assert.True(ids.Contains(edge.From) && ids.Contains(edge.To)));
        Assert.All(told.WaitGraph.Cycles[0].Objects, id => Assert.Contains(id, ids));
        Assert.DoesNotContain(ids, id => id.Contains("c0000100", StringComparison.Ordinal));
        Assert.Equal("all goroutines are asleep - deadlock!", told.Fault.Message);
    }

    [Fact]
    public void Whatever_the_strings_are_it_ends_soon()
    {
        foreach (string hostile in HostileStrings.All.Append(new string('/', 5_000)).Append(string.Concat(Enumerable.Repeat("a.", 3_900))).Append(string.Concat(Enumerable.Repeat("a/", 3_900))).Append(new string('x', 10_000_000)))
        {
            string told = Writers.Render("text", ReportRedaction.Apply(InjectionTests.Everywhere(hostile), "key"));
            Checks.Plain(told);
        }
    }

    private static DiagnosisReport Secretive()
    {
        Incident race = SampleReports.MapRace();
        string file = "/home/bob/src/payroll/cache.go";
        Access victim = race.Victim! with
        {
            File = file,
            Status = "running labels:{\"tenant\":\"tenant-x\"}",
            Expression = "c.sessions[\"alice\"] = `hunter2`",
            ObjectAddress = 0xc00012a3c0,
            Why = "The runtime raised the fault on this goroutine, on map 0xc00012a3c0 of host db7.internal.acme.corp.",
            Frames = [.. race.Victim!.Frames.Select(frame => frame.IsRuntime ? frame : frame with { File = file })],
            CreatedBy = new CreatedBy("main.serve", "/home/bob/src/payroll/main.go", 61, 1),
        };
        Access rival = race.Rivals[0] with { File = file, ObjectAddress = 0xc00012a3c0, Why = "It stands in a delete of 0xc00012a3c0 (payroll/cache.go:77).", Frames = [.. race.Rivals[0].Frames.Select(frame => frame with { File = file })] };
        Incident secret = race with
        {
            Log = new LogOrigin("/var/log/acme-prod/web.log", "kubernetes CRI", "web-1-pod"),
            Program = race.Program with { Path = "/opt/acme/bin/payroll", BuildId = "6f3a09c1ffee" },
            Fault = new Fault(FaultKind.OtherPanic, "cannot charge customer-4711 with s3cr3t-token\nat admin@acme.example", Recoverable: true, [1]),
            Victim = victim,
            Rivals = [rival],
            Summary = "Goroutine 34 raised \"cannot charge customer-4711 with s3cr3t-token\" at main.(*cache).put (cache.go:42).",
            Buckets = [new GoroutineBucket { Count = 1, Status = "running labels:{\"tenant\":\"tenant-x\"}", Goroutines = [34], Frames = victim.Frames, CreatedBy = victim.CreatedBy }],
            Evidence =
            [
                new EvidenceItem(1, "/var/log/acme-prod/web.log", 14, null, null, "panic: cannot charge customer-4711 with s3cr3t-token"),
                new EvidenceItem(2, "/var/log/acme-prod/web.log", 15, null, null, "goroutine 34 [running labels:{\"tenant\":\"tenant-x\"}]:"),
                new EvidenceItem(3, "/var/log/acme-prod/web.log", 16, null, null, "main.(*cache).put(0xc00012a3c0, {0xc000045, 0x5})"),
                new EvidenceItem(4, "/var/log/acme-prod/web.log", 17, null, null, "main.(*cache).expire /home/bob/src/payroll/cache.go:77 +0x51"),
                new EvidenceItem(5, "/var/log/acme-prod/web.log", 18, null, null, "2026/11/27 login alice from 10.1.2.3 token hunter2 at https://vault.acme.example/v1/keys"),
                new EvidenceItem(6, "/opt/acme/bin/payroll", null, null, 0x4a1b31, "call at 0x4a1b31 of 10.1.2.3:8080, fe80::1:2:3, admin@acme.example, 550e8400-e29b-41d4-a716-446655440000, deadbeefdeadbeefdeadbeef"),
            ],
            Missing = [new MissingPiece("the sources of /home/bob/src are not here", "faultline diagnose /var/log/acme-prod/web.log --binary /opt/acme/bin/payroll")],
            Diagnostics = [new Diagnostic("ELF0103", DiagnosticSeverity.Warning, "/opt/acme/bin/payroll", 12, "the section 'customer-4711' of /opt/acme/bin/payroll ends early, see https://vault.acme.example/v1/keys")],
        };
        return new DiagnosisReport { Incidents = [secret], Diagnostics = [new Diagnostic("TRACE0007", DiagnosticSeverity.Warning, "/var/log/acme-prod/web.log", 3, "host db7.internal.acme.corp was left out")] };
    }
}

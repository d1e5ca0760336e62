using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Tracebacks;

public class HeaderTests
{
    [Theory]
    [InlineData("running", "running")]
    [InlineData("select (no cases)", "select (no cases)")]
    [InlineData("chan receive (nil chan)", "chan receive (nil chan)")]
    [InlineData("waiting for cgo callback", "waiting for cgo callback")]
    [InlineData("???", "???")]
    [InlineData("GC worker (idle), 3 minutes", "GC worker (idle)")]
    [InlineData("chan receive (durable), synctest bubble 7", "chan receive")]
    [InlineData("chan receive (synctest), synctest group 7", "chan receive")]
    [InlineData("chan send (leaked) (scan)", "chan send")]
    public void Status_is_the_text_without_marks(string brackets, string status) =>
        Assert.Equal(status, Given.Goroutine($"goroutine 12 [{brackets}]:").Status);

    [Fact]
    public void Marks_become_members()
    {
        GoroutineHeader header = Given.Goroutine("goroutine 12 [select (leaked) (scan) (durable), 61 minutes, locked to thread, synctest bubble 9]:").Header;

        Assert.Equal(12, header.Id);
        Assert.Equal("select", header.Status);
        Assert.Equal(61, header.WaitMinutes);
        Assert.Equal(9, header.SyncTestBubble);
        Assert.True(header is { IsLeaked: true, IsScanned: true, IsDurable: true, IsLockedToThread: true });
        Assert.Equal(1, header.LogLine);
    }

    [Fact]
    public void Pointers_are_read_when_printed()
    {
        GoroutineHeader header = Given.Goroutine("goroutine 5 gp=0x3a617b9314a0 m=2 mp=0x3a617b968808 [running]:").Header;
        Assert.Equal((0x3a617b9314a0UL, 2L, 0x3a617b968808UL), (header.G, header.M, header.MAddress));

        header = Given.Goroutine("goroutine 1 gp=0xc0000081c0 m=nil [sleep]:").Header;
        Assert.Equal((0xc0000081c0UL, null, null), (header.G, header.M, header.MAddress));
    }

    [Theory]
    [InlineData("""goroutine 4 [select labels:{"path": "/a b/c", "req": "42"}]:""")]
    [InlineData("""goroutine 4 [select] {path: "/a b/c", req: 42}:""")]
    public void Labels_are_read_in_both_places(string line)
    {
        GoroutineHeader header = Given.Goroutine(line).Header;
        Assert.Equal("select", header.Status);
        Assert.Equal([new("path", "/a b/c"), new("req", "42")], header.Labels);
    }

    [Fact]
    public void Quoted_labels_may_hold_every_mark_of_the_grammar()
    {
        GoroutineHeader header = Given.Goroutine("""goroutine 4 [sleep, 2 minutes] {"a]: {": "q\"]: }{,\n\u00e9\x41", b: c}:""").Header;
        Assert.Equal([new("a]: {", "q\"]: }{,\n\u00e9A"), new("b", "c")], header.Labels);
        Assert.Equal(2, header.WaitMinutes);
    }

    [Theory]
    [InlineData("goroutine x [running]:")]
    [InlineData("goroutine 1 running:")]
    [InlineData("goroutine 1 [running]")]
    [InlineData("goroutine 1 []:")]
    [InlineData("goroutine 99999999999999999999999999 [running]:")]
    [InlineData("goroutine 1 gp=0x [running]:")]
    [InlineData("Goroutine 1 [running]:")]
    public void Other_lines_are_no_headers(string line) => Assert.Empty(Given.Log(line + "\nmain.f()\n\t/a.go:1 +0x1\n").Reports);

    [Fact]
    public void Goroutine_running_elsewhere_has_no_stack()
    {
        GoroutineTrace goroutine = Given.Goroutine("goroutine 7 [running]:", "\tgoroutine running on other thread; stack unavailable\ncreated by main.main in goroutine 1\n\t/src/a.go:8 +0xe5\n");
        Assert.True(goroutine.IsStackUnavailable);
        Assert.Empty(goroutine.Frames);
        Assert.Equal(("main.main", 1L, 3L), (goroutine.CreatedBy!.Location.Function, goroutine.CreatedBy.Goroutine, goroutine.CreatedBy.LogLine));
    }
}

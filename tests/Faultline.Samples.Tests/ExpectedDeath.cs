namespace Faultline.Samples.Tests;

/// <summary>How each sample dies: the start of its headline, the same on every version unless said.</summary>
internal static class ExpectedDeath
{
    private static readonly Dictionary<string, string> s_headlines = new(StringComparer.Ordinal)
    {
        ["chanclose"] = "panic: close of closed channel",
        ["chanclosenil"] = "panic: close of nil channel",
        ["chansend"] = "panic: send on closed channel",
        ["crashoutput"] = "panic: assignment to entry in nil map",
        ["deadlock"] = "fatal error: all goroutines are asleep - deadlock!",
        ["deferpanic"] = "panic: runtime error: index out of range [3] with length 2",
        ["manygoroutines"] = "fatal error: concurrent map read and map write",
        ["mapclear"] = "fatal error: concurrent map read and map write",
        ["mapclone"] = "fatal error: concurrent map clone and map write",
        ["mapclosure"] = "fatal error: concurrent map read and map write",
        ["mapdelete"] = "fatal error: concurrent map read and map write",
        ["mapgeneric"] = "fatal error: concurrent map read and map write",
        ["maphandlers"] = "fatal error: concurrent map writes",
        ["maphot"] = "fatal error: concurrent map read and map write",
        ["mapiter"] = "fatal error: concurrent map iteration and map write",
        ["mapmethodvalue"] = "fatal error: concurrent map writes",
        ["mapops"] = "panic: all operations performed",
        ["maprare"] = "fatal error: concurrent map read and map write",
        ["mapstring"] = "fatal error: concurrent map read and map write",
        ["maptwins"] = "fatal error: concurrent map read and map write",
        ["mapww"] = "fatal error: concurrent map writes",
        ["mutexunlock"] = "fatal error: sync: unlock of unlocked mutex",
        ["nilderef"] = "panic: runtime error: invalid memory address or nil pointer dereference",
        ["nilmapwrite"] = "panic: assignment to entry in nil map",
        ["testtimeout"] = "panic: test timed out after 1s",
        ["waitgroupneg"] = "panic: sync: negative WaitGroup counter",
    };

    public static IReadOnlyCollection<string> Programs => s_headlines.Keys;

    // Go 1.24 clones by iterating and says so.
    public static string HeadlineOf(string program, Toolchain toolchain) =>
        program == "mapclone" && toolchain.Name == "1.24" ? "fatal error: concurrent map iteration and map write" : s_headlines[program];

    public static SampleRunOptions OptionsFor(SampleProgram program) => new()
    {
        Arguments = program.Name switch
        {
            "manygoroutines" => ["200"],
            "testtimeout" => ["-test.timeout=1s"],
            _ => [],
        },
    };
}

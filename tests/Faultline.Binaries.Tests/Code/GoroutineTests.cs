namespace Faultline.Binaries.Tests.Code;

/// <summary>Go statements and what their goroutines can reach.</summary>
public sealed class GoroutineTests
{
    [Theory]
    [MemberData(nameof(MarkedProgram.Builds), MemberType = typeof(MarkedProgram))]
    public void Go_statements_lead_to_the_function_that_was_named(int release, string variant)
    {
        using var program = MarkedProgram.Open(release, variant);
        foreach (var (line, entry) in SiteMark.ReadGoStatements(MarkedProgram.Name))
        {
            var statement = Assert.Single(program.Code.GoStatements, go => MarkedProgram.IsOn(go.Frames[0].File, go.Frames[0].Line, line));
            Assert.Equal("main.closures", statement.Creator.Name);
            Assert.True(program.Binary.TryFindFunction(statement.Entry, out var started), $"line {line}");
            Assert.Equal(entry, started.Name);
            Assert.Equal(started.Entry, statement.Entry);
            Assert.Equal("runtime.newproc", program.Code.FindCall(statement.ReturnAddress)?.TargetName);
        }
    }

    [Theory]
    [MemberData(nameof(MarkedProgram.Builds), MemberType = typeof(MarkedProgram))]
    public void Reachability_follows_calls_and_closures_but_no_go_statements(int release, string variant)
    {
        using var program = MarkedProgram.Open(release, variant);
        ulong EntryOf(string name) => Assert.Single(program.Binary.FindFunctions(name)).Entry;

        var fromMain = program.Code.ReachableFrom(EntryOf("main.main"));
        Assert.Contains(EntryOf("main.closures"), fromMain);
        Assert.Contains(EntryOf("main.closures.func2"), fromMain);
        Assert.Contains(EntryOf("main.(*cache).get"), fromMain);
        Assert.DoesNotContain(EntryOf("main.closures.func1"), fromMain);

        var (statements, isOnMain) = program.Code.GoroutinesReaching(EntryOf("main.closures.func1"));
        Assert.False(isOnMain);
        Assert.Equal("main.closures", Assert.Single(statements).Creator.Name);

        (statements, isOnMain) = program.Code.GoroutinesReaching(EntryOf("main.param"));
        Assert.True(isOnMain);
        Assert.Equal("main.closures", Assert.Single(statements).Creator.Name);

        (statements, isOnMain) = program.Code.GoroutinesReaching(EntryOf("main.(*pair).toLeft"));
        Assert.True(isOnMain);
        Assert.Empty(statements);
    }
}

namespace Faultline.Binaries.Code;

/// <summary>Calls and mentions of functions, looked up from either side. Each list is a range of one array.</summary>
internal sealed class CallerIndex
{
    private readonly CallEdge[] byCallee;
    private readonly int[] calleeStart;
    private readonly CallEdge[] byCaller;
    private readonly int[] callerStart;
    private readonly FunctionMention[] byMentioned;
    private readonly int[] mentionedStart;
    private readonly FunctionMention[] byUser;
    private readonly int[] userStart;

    public CallerIndex(FunctionMap functions, CodeScan scan)
    {
        (byCallee, calleeStart) = Group(scan.Calls, edge => edge.Callee, functions.Count);
        (byCaller, callerStart) = Group(scan.Calls, edge => edge.Caller, functions.Count);
        (byMentioned, mentionedStart) = Group(scan.Mentions, mention => mention.Mentioned, functions.Count);
        (byUser, userStart) = Group(scan.Mentions, mention => mention.User, functions.Count);
    }

    public ReadOnlySpan<CallEdge> CallsTo(int function) => byCallee.AsSpan(calleeStart[function]..calleeStart[function + 1]);

    public ReadOnlySpan<CallEdge> CallsFrom(int function) => byCaller.AsSpan(callerStart[function]..callerStart[function + 1]);

    public ReadOnlySpan<FunctionMention> MentionsOf(int function) => byMentioned.AsSpan(mentionedStart[function]..mentionedStart[function + 1]);

    public ReadOnlySpan<FunctionMention> MentionsBy(int function) => byUser.AsSpan(userStart[function]..userStart[function + 1]);

    /// <summary>Sorts items into one range per key, keeping their order within it.</summary>
    private static (T[] Items, int[] Starts) Group<T>(IReadOnlyList<T> items, Func<T, int> keyOf, int keyCount)
    {
        var starts = new int[keyCount + 1];
        foreach (T item in items)
            starts[keyOf(item) + 1]++;
        for (int i = 0; i < keyCount; i++)
            starts[i + 1] += starts[i];
        int[] next = [.. starts];
        var grouped = new T[items.Count];
        foreach (T item in items)
            grouped[next[keyOf(item)]++] = item;
        return (grouped, starts);
    }
}

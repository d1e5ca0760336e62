using System.Collections;

namespace Faultline.Binaries.Code;

/// <summary>
/// Which functions each goroutine can run, found forward from every go statement once, so that many functions can be asked about. The same rules as
/// <see cref="ProgramCode.GoroutinesReaching"/>.
/// </summary>
internal sealed class GoroutineEntries
{
    private readonly List<(GoStatement Statement, BitArray Reached)> statements = [];

    public GoroutineEntries(CallGraph graph, IReadOnlyList<FoundGoStatement> goStatements, int functionCount)
    {
        var byStart = new Dictionary<string, BitArray>(StringComparer.Ordinal);
        BitArray? byFuncValue = null;
        foreach (FoundGoStatement go in goStatements)
        {
            if (go.Statement.Creator.Name is "runtime.rt0_go")
                continue; // Starts the main goroutine.
            string key = string.Join(' ', go.Started.Order());
            if (!byStart.TryGetValue(key, out BitArray? reached))
                byStart.Add(key, reached = BitsOf(graph.ReachableFrom(go.Started), functionCount));
            if (!go.IsComplete && !MapEntryPoints.IsImplementation(go.Statement.Creator.Name))
                reached = new BitArray(reached).Or(byFuncValue ??= BitsOf(graph.ReachableFromFuncValues(), functionCount));
            statements.Add((go.Statement, reached));
        }
    }

    /// <summary>The go statements whose goroutines can run a function, in address order.</summary>
    public IReadOnlyList<GoStatement> Of(int function) => [.. statements.Where(item => item.Reached[function]).Select(item => item.Statement)];

    private static BitArray BitsOf(HashSet<int> functions, int count)
    {
        var bits = new BitArray(count);
        foreach (int function in functions)
            bits[function] = true;
        return bits;
    }
}

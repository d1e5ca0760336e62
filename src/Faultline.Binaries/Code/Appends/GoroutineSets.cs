using System.Numerics;

namespace Faultline.Binaries.Code.Appends;

/// <summary>On which goroutines each function can run: one bit for main and the init functions, one for each go statement.</summary>
internal sealed class GoroutineSets
{
    private const int BitsOfWord = 64;

    private readonly FoundGoStatement[] statements;
    private readonly bool[] isRepeated;
    private readonly ulong[]?[] sets;

    public GoroutineSets(CodeModel model, CallGraph graph, FoundGoStatement[] all, IEnumerable<int> mainStarts)
    {
        statements = [.. all.Where(go => go.Statement.Creator.Name is not "runtime.rt0_go")]; // starts the main goroutine
        isRepeated = Array.ConvertAll(statements, go => !IsOnce(model, go.Statement));
        sets = graph.Spread(
            (statements.Length + BitsOfWord) / BitsOfWord,
            [
                .. mainStarts.Select(start => (start, 0)),
                .. statements.SelectMany((go, number) => graph.StartNodes(go).Select(node => (node, number + 1))),
            ]);
    }

    /// <summary>True when the two functions can run on different goroutines at a time.</summary>
    public bool AreApart(int first, int second)
    {
        if (sets[first] is not { } left || sets[second] is not { } right)
            return false;
        (int single, int both) = (-1, 0);
        for (int word = 0; word < left.Length; word++)
        {
            ulong union = left[word] | right[word];
            both += BitOperations.PopCount(union);
            if (union != 0)
                single = (word * BitsOfWord) + BitOperations.TrailingZeroCount(union);
        }
        return both > 1 || (both == 1 && single > 0 && isRepeated[single - 1]);
    }

    /// <summary>The go statements whose goroutine can reach a function, and whether main or an init function can.</summary>
    public (IReadOnlyList<GoStatement> Starts, bool OnMain) Of(int function)
    {
        if (sets[function] is not { } set)
            return ([], false);
        var starts = new List<GoStatement>();
        for (int number = 0; number < statements.Length; number++)
        {
            if ((set[(number + 1) / BitsOfWord] >> ((number + 1) % BitsOfWord) & 1) != 0)
                starts.Add(statements[number].Statement);
        }
        return (starts, (set[0] & 1) != 0);
    }

    private static bool IsOnce(CodeModel model, GoStatement statement) => statement.Creator.Name is "main.main"
        && PastCalls.Find(model, statement.ReturnAddress, 0)?.Any(call => call.ReturnAddress == statement.ReturnAddress) == false;
}

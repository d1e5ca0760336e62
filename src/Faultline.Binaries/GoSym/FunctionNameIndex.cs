using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>
/// Finds functions by the name that a traceback prints, in which <c>[...]</c> stands for any type arguments
/// (<c>runtime/symtab.go funcNameForPrint</c>: from the first <c>[</c> to the last <c>]</c>). A hash table of row indexes;
/// the names stay in the file. Immutable and thread-safe.
/// </summary>
internal sealed class FunctionNameIndex
{
    private const int EndOfChain = -1;

    private readonly Pclntab _table;
    private readonly int[] _heads;
    private readonly int[] _next;

    public FunctionNameIndex(Pclntab table, DiagnosticLog log)
    {
        _table = table;
        _heads = new int[(int)Math.Min(1 << 24, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)table.FunctionCount))];
        _next = new int[table.FunctionCount];
        Array.Fill(_heads, EndOfChain);

        // From the back, so that chains run in address order.
        for (var index = table.FunctionCount - 1; index >= 0; index--)
        {
            try
            {
                var bucket = Bucket(table.GetNameBytes(index));
                _next[index] = _heads[bucket];
                _heads[bucket] = index;
            }
            catch (MalformedDataException exception)
            {
                log.Add("GOSYM0103", DiagnosticSeverity.Warning, exception);
            }
        }
    }

    /// <summary>Row indexes in address order.</summary>
    public List<int> Find(string name)
    {
        var found = new List<int>();
        var wanted = Encoding.UTF8.GetBytes(name);
        var anyArguments = name.Contains("[...]", StringComparison.Ordinal);
        for (var index = _heads[Bucket(wanted)]; index != EndOfChain; index = _next[index])
        {
            var candidate = _table.GetNameBytes(index);
            if (anyArguments ? SameAsPrinted(candidate, wanted) : candidate.SequenceEqual(wanted))
                found.Add(index);
        }

        return found;
    }

    private static bool SameAsPrinted(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Split(left, out var leftHead, out var leftTail);
        Split(right, out var rightHead, out var rightTail);
        return leftHead.SequenceEqual(rightHead) && leftTail.SequenceEqual(rightTail);
    }

    /// <summary>Cuts the type arguments out of a name; a name without any is all head.</summary>
    private static void Split(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> tail)
    {
        var open = name.IndexOf((byte)'[');
        var close = name.LastIndexOf((byte)']');
        if (open < 0 || close <= open)
        {
            head = name;
            tail = default;
            return;
        }

        head = name[..(open + 1)];
        tail = name[close..];
    }

    private int Bucket(ReadOnlySpan<byte> name)
    {
        Split(name, out var head, out var tail);
        var hash = new HashCode();
        hash.AddBytes(head);
        hash.AddBytes(tail);
        return hash.ToHashCode() & (_heads.Length - 1);
    }
}

using System.Runtime.InteropServices;
using Faultline.Runtime.Unwinding;

namespace Faultline.Runtime.Goroutines;

/// <summary>
/// Stacks as paths in one tree, from the outermost frame inwards: a stack is the number of its innermost frame's node. Equal stacks have
/// equal numbers, and a hundred thousand goroutines on a handful of stacks cost a handful of nodes. Not thread-safe.
/// </summary>
public sealed class StackSet
{
    /// <summary>Most distinct positions; a program has as many as its call graph is wide, which is far below.</summary>
    private const int NodeLimit = 16 * 1024 * 1024;

    private readonly List<Node> _nodes = [new Node(-1, 0, -1, false)];
    private readonly Dictionary<(int Parent, ulong Pc, bool IsExact), int> _children = [];

    /// <summary>The stack without frames.</summary>
    public static int Empty => 0;

    /// <summary>How many distinct positions there are.</summary>
    public int Count => _nodes.Count;

    /// <summary>The number of a stack given innermost frame first; past the limit that of its outer part.</summary>
    public int Add(ReadOnlySpan<StackFrame> frames)
    {
        var node = Empty;
        for (var index = frames.Length - 1; index >= 0; index--)
        {
            var frame = frames[index];
            ref var child = ref CollectionsMarshal.GetValueRefOrAddDefault(_children, (node, frame.Pc, frame.IsExactPc), out var exists);
            if (!exists)
            {
                if (_nodes.Count >= NodeLimit)
                {
                    _children.Remove((node, frame.Pc, frame.IsExactPc));
                    return node;
                }

                child = _nodes.Count;
                _nodes.Add(new Node(node, frame.Pc, frame.FunctionIndex, frame.IsExactPc));
            }

            node = child;
        }

        return node;
    }

    /// <summary>The frames of a stack, innermost first, without the addresses that differ from goroutine to goroutine.</summary>
    public IEnumerable<StackPosition> Frames(int stack)
    {
        for (; stack > Empty; stack = _nodes[stack].Parent)
            yield return new StackPosition(_nodes[stack].Pc, _nodes[stack].FunctionIndex, _nodes[stack].IsExactPc);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Node(int Parent, ulong Pc, int FunctionIndex, bool IsExactPc);
}

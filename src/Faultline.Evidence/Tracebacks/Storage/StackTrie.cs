using System.Runtime.InteropServices;

namespace Faultline.Evidence.Tracebacks.Storage;

/// <summary>
/// Stacks as paths in a tree, innermost frame nearest the root: a node is its parent plus one more location, so goroutines with
/// equal stacks end at the same node, and a node's children are the guesses for the next frame. Node 0 is the empty stack.
/// </summary>
internal sealed class StackTrie
{
    private readonly Dictionary<ulong, int> childOf = [];
    private Node[] nodes = new Node[256];

    public int Count { get; private set; } = 1;

    public ref readonly Node this[int node] => ref nodes[node];

    /// <summary>The child for this location, made when new; false at the cap.</summary>
    public bool TryStep(int parent, int location, out int child)
    {
        // An odd factor keeps keys distinct and spreads them over the buckets of the dictionary.
        ulong key = (((ulong)(uint)parent << 32) | (uint)location) * 0x9E37_79B9_7F4A_7C15;
        if (childOf.TryGetValue(key, out child))
        {
            MoveToFront(parent, child);
            return true;
        }

        if (Count == TracebackLimits.StackNodeCount)
            return false;
        if (Count == nodes.Length)
            Array.Resize(ref nodes, nodes.Length * 2);
        child = Count++;
        nodes[child] = new Node { Parent = parent, Location = location, Depth = nodes[parent].Depth + 1, NextSibling = nodes[parent].FirstChild };
        nodes[parent].FirstChild = child;
        childOf.Add(key, child);
        return true;
    }

    /// <summary>Makes a child the first guess; <paramref name="before"/> is its left neighbour.</summary>
    public void Promote(int parent, int before, int child)
    {
        nodes[before].NextSibling = nodes[child].NextSibling;
        nodes[child].NextSibling = nodes[parent].FirstChild;
        nodes[parent].FirstChild = child;
    }

    /// <summary>Stamps the stack that ends here with its index in a report; returns the earlier stamp of the same report when there is one.</summary>
    public int IndexIn(int report, int node, int nextIndex)
    {
        ref Node it = ref nodes[node];
        if (it.Report != report)
        {
            it.Report = report;
            it.StackIndex = nextIndex;
        }

        return it.StackIndex;
    }

    private void MoveToFront(int parent, int child)
    {
        int before = nodes[parent].FirstChild;
        if (before == child)
            return;

        // Far down a long list the search would cost more than the better guess gains.
        for (int probes = 0; probes < 32; probes++)
        {
            int next = nodes[before].NextSibling;
            if (next == 0)
                return;
            if (next == child)
            {
                Promote(parent, before, child);
                return;
            }

            before = next;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    internal struct Node
    {
        public int Parent;
        public int Location;
        public int Depth;
        public int FirstChild;
        public int NextSibling;
        public int Report;
        public int StackIndex;
    }
}

namespace Faultline.Diagnosis.Waiting;

/// <summary>Strongly connected components of a directed graph (Tarjan), without recursion: a crash may have a hundred thousand goroutines in a row.</summary>
internal static class StrongComponents
{
    /// <summary>The component of each node that lies on some circle.</summary>
    public static Dictionary<long, IReadOnlySet<long>> Find(IEnumerable<long> nodes, Func<long, IEnumerable<long>> next)
    {
        var found = new Dictionary<long, IReadOnlySet<long>>();
        var order = new Dictionary<long, int>();
        var low = new Dictionary<long, int>();
        var open = new Stack<long>();
        var isOpen = new HashSet<long>();
        var path = new Stack<(long Node, IEnumerator<long> Next)>();
        foreach (var root in nodes)
        {
            if (order.ContainsKey(root))
                continue;
            Enter(root);
            while (path.TryPeek(out var top))
            {
                if (top.Next.MoveNext())
                {
                    var target = top.Next.Current;
                    if (!order.TryGetValue(target, out var at))
                        Enter(target);
                    else if (isOpen.Contains(target))
                        low[top.Node] = Math.Min(low[top.Node], at);
                    continue;
                }

                path.Pop().Next.Dispose();
                if (path.TryPeek(out var above))
                    low[above.Node] = Math.Min(low[above.Node], low[top.Node]);
                if (low[top.Node] == order[top.Node])
                    Close(top.Node);
            }
        }

        return found;

        void Enter(long node)
        {
            order[node] = low[node] = order.Count;
            open.Push(node);
            isOpen.Add(node);
            path.Push((node, next(node).GetEnumerator()));
        }

        void Close(long root)
        {
            var component = new HashSet<long>();
            while (open.TryPop(out var member))
            {
                isOpen.Remove(member);
                component.Add(member);
                if (member == root)
                    break;
            }

            if (component.Count == 1 && !next(root).Contains(root))
                return;
            foreach (var member in component)
                found[member] = component;
        }
    }
}

using System.Text;
using Faultline.Evidence.Tracebacks.Storage;

namespace Faultline.Evidence.Escapes;

/// <summary>Counts that are exact however much is kept.</summary>
internal sealed class EscapeCounts
{
    private readonly long[] kinds = new long[EscapeKinds.Count];
    private readonly Dictionary<string, Building> packages = new(StringComparer.Ordinal);
    private readonly List<Building> order = [];
    private readonly ByteInterner reasons = new(EscapeLimits.ReasonCount, EscapeLimits.ReasonCount * EscapeLimits.ReasonSize);
    private readonly List<(string Reason, long Count)> reasonCounts = [];

    public IReadOnlyList<long> Kinds => kinds;

    public void Add(EscapeKind kind) => kinds[(int)kind]++;

    /// <summary>Finds or makes the counts of a package; those beyond the cap count together, without a name.</summary>
    public Building PackageOf(string name)
    {
        if (packages.TryGetValue(name, out Building? known))
            return known;
        if (order.Count >= EscapeLimits.PackageCount)
            name = "";
        if (packages.TryGetValue(name, out known))
            return known;
        Building building = new(name);
        packages.Add(name, building);
        order.Add(building);
        return building;
    }

    public void AddReason(ReadOnlySpan<byte> reason)
    {
        if (reason.IsEmpty || !reasons.TryIntern(reason[..Math.Min(reason.Length, EscapeLimits.ReasonSize)], out int index, out bool isNew))
            return;
        if (isNew)
            reasonCounts.Add((Encoding.UTF8.GetString(reason[..Math.Min(reason.Length, EscapeLimits.ReasonSize)]), 0));
        reasonCounts[index] = reasonCounts[index] with { Count = reasonCounts[index].Count + 1 };
    }

    public IReadOnlyList<EscapePackage> Packages() => [.. order.Where(package => package.Lines > 0).Select(package => package.Complete())];

    public IReadOnlyList<EscapeReasonCount> Reasons() =>
        [.. reasonCounts.OrderByDescending(reason => reason.Count).ThenBy(reason => reason.Reason, StringComparer.Ordinal).Select(reason => new EscapeReasonCount(reason.Reason, reason.Count))];

    /// <summary>The counts of one package.</summary>
    internal sealed class Building(string name)
    {
        private long moved;
        private long escaping;
        private long staying;

        public string Name => name;

        public long Lines { get; private set; }

        public void Add(EscapeKind kind)
        {
            Lines++;
            moved += kind == EscapeKind.MovedToHeap ? 1 : 0;
            escaping += kind == EscapeKind.EscapesToHeap ? 1 : 0;
            staying += kind == EscapeKind.DoesNotEscape ? 1 : 0;
        }

        public EscapePackage Complete() => new(name, Lines, moved, escaping, staying);
    }
}

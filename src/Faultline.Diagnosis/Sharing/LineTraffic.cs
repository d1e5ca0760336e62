using System.Runtime.InteropServices;

namespace Faultline.Diagnosis.Sharing;

/// <summary>One touch of memory.</summary>
/// <param name="Object">Address of the object that it is of.</param>
/// <param name="Who">Goroutine or thread.</param>
/// <param name="What">Kind of operation, to the caller.</param>
/// <param name="Site">Code address, to the caller.</param>
/// <param name="Cpu">-1 when unknown.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Touch(ulong Object, long Who, int What, ulong Site, int Cpu, bool IsWrite);

/// <summary>Collects touches by cache line, in bounded memory. Touches come in the order of time.</summary>
internal sealed class LineTraffic(int lineSize)
{
    private const int MostLines = 1 << 16;
    private const int MostTouches = 256;

    private readonly Dictionary<(int Process, ulong Line), Traffic> _lines = [];

    /// <summary>Some lines or touches found no room.</summary>
    public bool IsCut { get; private set; }

    public long Count { get; private set; }

    /// <summary>The lines that bytes lie on; none for what would go past the end of all addresses.</summary>
    public static IEnumerable<ulong> LinesOf(ulong address, long size, int lineSize)
    {
        ulong first = address / (ulong)lineSize;
        ulong last = unchecked(address + (ulong)Math.Max(size, 1) - 1) / (ulong)lineSize;
        for (ulong line = first; line <= last; line++)
            yield return line * (ulong)lineSize;
    }

    /// <summary>Adds a touch of bytes, on each line that they are on.</summary>
    public void Add(int process, ulong address, long size, in Touch touch, bool isModifiedElsewhere = false)
    {
        Count++;
        foreach (ulong line in LinesOf(address, size, lineSize))
        {
            if (!_lines.TryGetValue((process, line), out Traffic? traffic))
            {
                if (_lines.Count >= MostLines)
                {
                    IsCut = true;
                    return;
                }

                _lines.Add((process, line), traffic = new Traffic());
            }

            IsCut |= !traffic.Add(touch, isModifiedElsewhere);
        }
    }

    /// <summary>The lines that went to and fro between different ones at different objects, with what touched them. Once is how any memory is handed on.</summary>
    public IEnumerable<(int Process, ulong Line, Traffic Traffic)> Shared() =>
        from line in _lines where line.Value.TurnCount > 1 select (line.Key.Process, line.Key.Line, line.Value);

    internal sealed class Traffic
    {
        private Touch? _last;

        public long TurnCount { get; private set; }

        /// <summary>Null as soon as a turn is without processors.</summary>
        public long? CrossingCount { get; private set; } = 0;

        public long ModifiedElsewhereCount { get; private set; }

        /// <summary>How often each touch was seen, processors aside.</summary>
        public Dictionary<Touch, long> Touches { get; } = [];

        /// <summary>False when a new one found no room.</summary>
        public bool Add(in Touch touch, bool isModifiedElsewhere)
        {
            if (_last is { } last && last.Object != touch.Object && last.Who != touch.Who && (last.IsWrite || touch.IsWrite))
            {
                TurnCount++;
                CrossingCount = last.Cpu < 0 || touch.Cpu < 0 ? null : CrossingCount + (last.Cpu != touch.Cpu ? 1 : 0);
            }

            _last = touch;
            if (isModifiedElsewhere)
                ModifiedElsewhereCount++;
            Touch key = touch with { Cpu = -1 };
            bool isKnown = Touches.TryGetValue(key, out long count);
            if (!isKnown && Touches.Count >= MostTouches)
                return false;
            Touches[key] = count + 1;
            return true;
        }
    }
}

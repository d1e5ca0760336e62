namespace Faultline.Binaries.GoSym;

/// <summary>Walks a run-length table of the pclntab from run to run; ends where the table ends or breaks off.</summary>
internal ref struct PcValueRuns
{
    private readonly ReadOnlySpan<byte> _table;
    private readonly int _quantum;
    private int _position;
    private bool _started;

    public PcValueRuns(ReadOnlySpan<byte> table, uint offset, ulong entry, int quantum)
    {
        _table = table;
        _quantum = quantum;
        _position = offset == 0 || offset >= (uint)table.Length ? table.Length : (int)offset;
        End = entry;
        Value = PcValueTable.None;
    }

    public int Value { get; private set; }

    /// <summary>First address after the current run.</summary>
    public ulong End { get; private set; }

    public bool MoveNext()
    {
        if (!PcValueTable.TryReadUvarint(_table, ref _position, out var valueDelta) || (valueDelta == 0 && _started)
            || !PcValueTable.TryReadUvarint(_table, ref _position, out var addressDelta))
        {
            return false;
        }

        _started = true;
        Value += (int)(valueDelta >> 1) ^ -(int)(valueDelta & 1);
        End += (ulong)addressDelta * (uint)_quantum;
        return true;
    }
}

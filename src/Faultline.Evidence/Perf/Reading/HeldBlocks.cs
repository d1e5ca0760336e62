namespace Faultline.Evidence.Perf.Reading;

/// <summary>Unpacked records, in blocks that live for as long as a record of them waits to be put in order. A place in a block is a negative number, so that it cannot be taken for a file offset.</summary>
internal sealed class HeldBlocks
{
    /// <summary>Several times the largest record, which is 64 KiB.</summary>
    public const int BlockSize = 512 * 1024;

    private readonly Dictionary<int, Block> _blocks = [];
    private readonly Stack<byte[]> _spare = [];
    private Block? _current;
    private int _nextNumber;

    /// <summary>Bytes that cannot be given back yet.</summary>
    public long HeldSize => (long)_blocks.Count * BlockSize;

    /// <summary>Unpacked bytes that are not read yet.</summary>
    public ReadOnlySpan<byte> Unread => _current is { } block ? block.Bytes.AsSpan(block.Used..block.Filled) : default;

    /// <summary>Place of the first unread byte.</summary>
    public long Place => ~((long)_current!.Number << 32 | (uint)_current.Used);

    public static bool IsPlace(long position) => position < 0;

    /// <summary>From a place to the end of what is unpacked of its block.</summary>
    public ReadOnlySpan<byte> From(long place, out long origin)
    {
        Block block = _blocks[NumberOf(place)];
        origin = block.Origin;
        return block.Bytes.AsSpan(OffsetOf(place)..block.Filled);
    }

    /// <summary>Room for more unpacked bytes: at least the size of the largest record. Unread bytes may move to another block.</summary>
    /// <param name="origin">Where in the file the bytes come from.</param>
    public Span<byte> Room(long origin)
    {
        if (_current is not { } block || block.Bytes.Length - block.Filled <= ushort.MaxValue)
        {
            Block fresh = new(_nextNumber++, origin, _spare.TryPop(out byte[]? bytes) ? bytes : new byte[BlockSize]);
            Unread.CopyTo(fresh.Bytes);
            fresh.Filled = Unread.Length;
            _blocks.Add(fresh.Number, fresh);
            Block? old = _current;
            _current = fresh;
            GiveBack(old);
            block = fresh;
        }

        return block.Bytes.AsSpan(block.Filled);
    }

    public void Fill(int size) => _current!.Filled += size;

    /// <summary>Moves past bytes that were read.</summary>
    public void Use(int size) => _current!.Used += size;

    /// <summary>Forgets what is unpacked and unread.</summary>
    public void DropUnread()
    {
        if (_current is { } block)
            block.Used = block.Filled;
    }

    public void Hold(long place) => _blocks[NumberOf(place)].HoldCount++;

    public void Release(long place)
    {
        Block block = _blocks[NumberOf(place)];
        block.HoldCount--;
        GiveBack(block);
    }

    private static int NumberOf(long place) => (int)(~place >> 32);

    private static int OffsetOf(long place) => (int)(uint)~place;

    private void GiveBack(Block? block)
    {
        if (block is null || block.HoldCount > 0 || ReferenceEquals(block, _current))
            return;
        _blocks.Remove(block.Number);
        _spare.Push(block.Bytes);
    }

    private sealed class Block(int number, long origin, byte[] bytes)
    {
        public int Number { get; } = number;

        public long Origin { get; } = origin;

        public byte[] Bytes { get; } = bytes;

        public int Filled { get; set; }

        public int Used { get; set; }

        public int HoldCount { get; set; }
    }
}

namespace Faultline.Runtime.Memory;

/// <summary>
/// Keeps pages of a space whose every read is dear, such as a live process, where each one is a system call. Pages are kept whole and
/// for good, so it fits memory that stands still. The number of pages is bounded: past it the oldest make room. Thread-safe.
/// </summary>
/// <param name="inner">The space to read from.</param>
/// <param name="pageCount">Most pages that are kept.</param>
public sealed class PageCache(IAddressSpace inner, int pageCount = PageCache.DefaultPageCount) : IAddressSpace
{
    /// <summary>Size of a page in bytes.</summary>
    public const int PageSize = 4096;

    private const int DefaultPageCount = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (byte[] Bytes, int Count)> _pages = [];
    private readonly Queue<ulong> _order = new();

    public int Read(ulong address, Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var at = address + (ulong)total;
            var skip = (int)(at % PageSize);
            var (bytes, count) = Page(at - (ulong)skip);
            var taken = Math.Min(count - skip, buffer.Length - total);
            if (taken <= 0)
                // A page may have a hole, or begin in its middle: only the space itself knows.
                return total + inner.Read(at, buffer[total..]);

            bytes.AsSpan(skip, taken).CopyTo(buffer[total..]);
            total += taken;
            if (skip + taken < PageSize || at + (ulong)taken == 0)
                break;
        }

        return total;
    }

    public ulong NextAddress(ulong address) => inner.NextAddress(address);

    /// <summary>Addresses of the pages that are kept and whole, in ascending order.</summary>
    public ulong[] KeptPages()
    {
        lock (_gate)
            return [.. _pages.Where(page => page.Value.Count == PageSize).Select(page => page.Key).Order()];
    }

    /// <summary>True when pages had to make room for others.</summary>
    public bool HasForgotten { get; private set; }

    private (byte[] Bytes, int Count) Page(ulong start)
    {
        lock (_gate)
        {
            if (_pages.TryGetValue(start, out var page))
                return page;
            var bytes = new byte[PageSize];
            page = (bytes, inner.Read(start, bytes));
            if (page.Count == 0)
                page.Bytes = [];
            while (_pages.Count >= pageCount && _order.TryDequeue(out var oldest))
                HasForgotten |= _pages.Remove(oldest);
            _pages.Add(start, page);
            _order.Enqueue(start);
            return page;
        }
    }
}

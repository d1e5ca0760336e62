using Faultline.Binaries.Layouts;
using Faultline.Diagnosis.Waiting;
using Faultline.Evidence.Perf.Probes;

namespace Faultline.Diagnosis.Sharing;

/// <summary>Which bytes of an object an operation changes, by the layouts of the binary.</summary>
internal sealed class TouchedBytes
{
    private readonly (long Offset, long Size)? _map;
    private readonly (long Offset, long Size)? _channel;
    private readonly (long Offset, long Size)? _readers;

    public TouchedBytes(LayoutCatalog catalog)
    {
        _map = Span(catalog.Find("internal/runtime/maps.Map"), "used", "writing") ?? Span(catalog.Find("runtime.hmap"), "count", "flags");
        _channel = Span(catalog.Find("runtime.hchan"), "qcount", "lock");
        _readers = Span(catalog.Find("sync.RWMutex"), "readerCount", "readerWait");
    }

    /// <summary>The bytes, from the object's address; null for operations that change none, or where the layout is not known.</summary>
    public (long Offset, long Size)? Of(ProbeKind kind) => kind switch
    {
        ProbeKind.MapWrite or ProbeKind.MapDelete or ProbeKind.MapClear => _map,
        ProbeKind.ChanSend or ProbeKind.ChanReceive or ProbeKind.ChanClose => _channel,
        ProbeKind.Lock or ProbeKind.Unlock => (0, sizeof(ulong)),
        ProbeKind.ReadLock or ProbeKind.ReadUnlock => _readers,
        _ => null,
    };

    /// <summary>The same for what a goroutine waits for or holds.</summary>
    public (long Offset, long Size)? Of(WaitNodeKind kind, WaitEdgeKind edge) => (kind, edge) switch
    {
        (_, WaitEdgeKind.WaitsToReadLock) => _readers,
        (WaitNodeKind.Channel, _) => _channel,
        (WaitNodeKind.Mutex or WaitNodeKind.RWMutex, _) => (0, sizeof(ulong)),
        _ => null,
    };

    private static (long Offset, long Size)? Span(StructShape? shape, string first, string last)
    {
        LaidField? start = shape?.Fields.FirstOrDefault(field => field.Name == first), end = shape?.Fields.FirstOrDefault(field => field.Name == last);
        return start is null || end is null ? null : (start.Offset, end.End - start.Offset);
    }
}

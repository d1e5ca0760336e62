using System.Text;

namespace Faultline.Evidence.Perf.Events;

/// <summary>A record that changes an event after its description (EVENT_UPDATE); only its name matters here.</summary>
internal static class EventUpdate
{
    private const ulong NameChange = 2;
    private const int NameOffset = 16;

    public static void Read(ReadOnlySpan<byte> payload, EventCatalog catalog)
    {
        if (payload.Length <= NameOffset || BitConverter.ToUInt64(payload) != NameChange)
            return;
        ReadOnlySpan<byte> name = payload[NameOffset..];
        int end = name.IndexOf((byte)0);
        catalog.SetName(BitConverter.ToUInt64(payload[8..]), Encoding.UTF8.GetString(end < 0 ? name : name[..end]));
    }
}

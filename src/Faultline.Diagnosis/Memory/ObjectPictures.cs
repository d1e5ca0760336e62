using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Waiting;
using Faultline.Runtime.Goroutines;

namespace Faultline.Diagnosis.Memory;

/// <summary>Finds the objects that an incident is about in the memory of its process.</summary>
internal static class ObjectPictures
{
    private const int ChannelLimit = 16;

    /// <summary>The incident with pictures of its map, or of its channels.</summary>
    public static Incident AddTo(Incident incident, MemoryImage memory) => Of(incident, memory) is { Count: > 0 } pictures ? incident with { Pictures = pictures } : incident;

    private static List<ObjectPicture> Of(Incident incident, MemoryImage memory)
    {
        if (incident.Fault.IsMapConflict)
        {
            return incident.Object is { Kind: "map", Address: { } map } && MapPicture.Read(memory, map, TypeOf(memory.State, incident.Object.Type), Parties(incident, memory.State)) is { } picture ? [picture] : [];
        }

        var pictures = new List<ObjectPicture>();
        foreach (var address in Channels(incident, memory.State).Distinct())
        {
            if (pictures.Count < ChannelLimit && ChannelPicture.Read(memory, address) is { } picture)
                pictures.Add(picture);
        }

        return pictures;
    }

    private static IEnumerable<Goroutine> Parties(Incident incident, RuntimeState state)
    {
        foreach (var id in incident.Rivals.Select(rival => rival.Goroutine).Prepend(incident.Victim?.Goroutine).OfType<long>().Distinct())
        {
            if (state.Goroutines.TryFind((ulong)id, out var goroutine))
                yield return goroutine;
        }
    }

    private static GoType? TypeOf(RuntimeState state, string? name) => name is not null && state.Types.FindByName(name) is { Kind: GoKind.Map } type ? type : null;

    /// <summary>The one that the fault is about, those of circles, those of the stuck, the others.</summary>
    private static IEnumerable<ulong> Channels(Incident incident, RuntimeState state)
    {
        if (incident.Object is { Kind: "channel", Address: { } own })
            yield return own;
        else if (incident.Fault.Recoverable && incident.Victim?.Goroutine is { } id && state.Goroutines.TryFind((ulong)id, out var victim) && ClosedChannel.Find(state, victim) is { } closed)
            yield return closed;
        var graph = incident.WaitGraph;
        var channels = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if (node is { Kind: WaitNodeKind.Channel, Address: { } address })
                channels.TryAdd(node.Id, address);
        }

        foreach (var awaited in graph.Cycles.SelectMany(cycle => cycle.Objects).Concat(graph.Stuck.Select(stuck => stuck.Object ?? "")).Concat(channels.Keys))
        {
            if (channels.TryGetValue(awaited, out var found))
                yield return found;
        }
    }
}

using Faultline.Diagnosis.Waiting;

namespace Faultline.Reports.Redaction;

/// <summary>A graph of waits without addresses and paths; its ids still agree.</summary>
internal sealed class GraphRedaction(Redactor redactor, LogLineRedaction lines)
{
    public WaitGraph Of(WaitGraph graph) => graph with
    {
        Nodes = [.. graph.Nodes.Select(node => node with { Id = redactor.Addresses(node.Id), Address = redactor.Address(node.Address), State = lines.Status(node.State), File = redactor.File(node.File) })],
        Edges = [.. graph.Edges.Select(edge => edge with { From = redactor.Addresses(edge.From), To = redactor.Addresses(edge.To), Note = redactor.Text(edge.Note) })],
        Cycles = [.. graph.Cycles.Select(cycle => cycle with { Objects = [.. cycle.Objects.Select(redactor.Addresses)] })],
        Stuck =
        [
            .. graph.Stuck.Select(stuck => stuck with
            {
                Object = stuck.Object is { } awaited ? redactor.Addresses(awaited) : null, Node = redactor.Addresses(stuck.Node), Reason = redactor.Text(stuck.Reason),
            }),
        ],
        Note = graph.Note is { } note ? redactor.Text(note) : null,
    };
}

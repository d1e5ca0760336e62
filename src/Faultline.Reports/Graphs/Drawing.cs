namespace Faultline.Reports.Graphs;

/// <summary>What a node of a drawing stands out by.</summary>
internal enum DrawingMark
{
    None,
    Circle,
    Stuck,
}

/// <summary>A box or an ellipse.</summary>
/// <param name="Id">Unique in its drawing.</param>
/// <param name="Lines">Its text, visible characters only.</param>
/// <param name="IsObject">True for what goroutines use or wait for.</param>
internal sealed record DrawingNode(string Id, IReadOnlyList<string> Lines, bool IsObject, DrawingMark Mark);

/// <summary>An arrow between two nodes; dashed when it is inferred.</summary>
internal sealed record DrawingArrow(string From, string To, string Label, bool IsInferred, bool IsOnCircle);

/// <summary>A graph that is ready to be written.</summary>
/// <param name="Title">Empty for one that needs none.</param>
/// <param name="LeftOut">Nodes that have no room.</param>
internal sealed record Drawing(string Title, IReadOnlyList<DrawingNode> Nodes, IReadOnlyList<DrawingArrow> Arrows, int LeftOut);

namespace Faultline.Reports.Html;

/// <summary>What a page can ask the server that it comes from.</summary>
/// <param name="HasCode">The machine code of the program.</param>
/// <param name="Views">Views of the memory of a core; empty without one.</param>
public sealed record ServedParts(bool HasCode, IReadOnlyList<string> Views);

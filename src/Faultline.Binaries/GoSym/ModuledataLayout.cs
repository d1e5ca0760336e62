namespace Faultline.Binaries.GoSym;

/// <summary>
/// Offsets of the <c>runtime.moduledata</c> fields that move between releases (64-bit). An absent field is 0.
/// Fields before <c>end</c> are where they were since Go 1.16.
/// </summary>
internal sealed record ModuledataLayout(
    int FirstRelease, int Types, int EndOfTypes, int FunctionData, int TextSections, int TypeLinks, int TypeDescriptorsSize, int Next)
{
    public const int Text = 176;
    public const int EndOfText = 184;
    public const int DataRanges = 192;
    public const int EndOfDataRanges = 256;

    /// <summary>Bytes of a moduledata that any layout looks at.</summary>
    public const int ReadSize = 640;

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<ModuledataLayout> All { get; } =
    [
        new(27, Types: 296, EndOfTypes: 312, FunctionData: 344, TextSections: 360, TypeLinks: 0, TypeDescriptorsSize: 304, Next: 560),
        new(26, Types: 296, EndOfTypes: 304, FunctionData: 320, TextSections: 336, TypeLinks: 360, TypeDescriptorsSize: 0, Next: 584),
        new(23, Types: 296, EndOfTypes: 304, FunctionData: 320, TextSections: 328, TypeLinks: 352, TypeDescriptorsSize: 0, Next: 576),
        new(20, Types: 296, EndOfTypes: 304, FunctionData: 320, TextSections: 328, TypeLinks: 352, TypeDescriptorsSize: 0, Next: 584),
        new(18, Types: 280, EndOfTypes: 288, FunctionData: 304, TextSections: 312, TypeLinks: 336, TypeDescriptorsSize: 0, Next: 544),
        new(16, Types: 280, EndOfTypes: 288, FunctionData: 0, TextSections: 296, TypeLinks: 320, TypeDescriptorsSize: 0, Next: 528),
    ];

    /// <summary>The layout of a release (the newest known for a later one) first, the others after it: the bytes decide.</summary>
    public static IEnumerable<ModuledataLayout> CandidatesFor(int? release, int firstRelease)
    {
        var ofRelease = All.FirstOrDefault(layout => layout.FirstRelease <= (release ?? int.MaxValue));
        return All.OrderBy(layout => ReferenceEquals(layout, ofRelease) ? 0 : 1).Where(layout => layout.FirstRelease >= 20 == firstRelease >= 20);
    }
}

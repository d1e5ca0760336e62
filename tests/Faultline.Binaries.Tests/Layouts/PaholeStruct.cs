namespace Faultline.Binaries.Tests.Layouts;

/// <summary>What pahole says of a struct.</summary>
/// <param name="Text">A line with name and size, then a line a field with name, offset and size.</param>
/// <param name="Gaps">The sizes of its holes in their order, and of the padding at the end; wrong when it has functions.</param>
/// <param name="LineCount">Cache lines of 64 bytes.</param>
/// <param name="FunctionCount">Fields that are functions, whose size pahole does not know.</param>
internal sealed record PaholeStruct(string Text, IReadOnlyList<long> Gaps, long LineCount, int FunctionCount);

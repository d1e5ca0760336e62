namespace Faultline.Evidence.Tests;

/// <summary>Tests that hold the memory of the whole process against a limit: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredMemory
{
    public const string Name = "measured memory";
}

namespace Faultline.Runtime.Cores;

/// <summary>Whether a binary is the program that a core is of.</summary>
public enum BinaryFit
{
    /// <summary>Nothing to compare was found in the core's memory.</summary>
    Unknown,

    /// <summary>A build id, or the linker's record of where the tables lie, is the same in both.</summary>
    Same,

    /// <summary>They differ: another build or another program.</summary>
    Different,
}

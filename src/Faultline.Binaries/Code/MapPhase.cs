namespace Faultline.Binaries.Code;

/// <summary>How far a map operation has come when it is at an instruction. Several are set where ways of different progress meet.</summary>
[Flags]
public enum MapPhases
{
    /// <summary>No way leads there, or the function is no map operation whose code can be read.</summary>
    None = 0,

    /// <summary>Before the test of the write flag: nil and empty maps are dealt with here.</summary>
    Entry = 1,

    /// <summary>The write flag was tested, the key is not hashed yet.</summary>
    Checked = 2,

    /// <summary>The key is hashed; this call has not set the write flag. A read searches the map here.</summary>
    Hashed = 4,

    /// <summary>This call has set the write flag and not yet cleared it: the map is searched, grown and changed.</summary>
    Writing = 8,

    /// <summary>This call has cleared the write flag again.</summary>
    Done = 16,
}

/// <summary>What an instruction of a map operation does, as far as it matters to who is inside the map.</summary>
public enum MapStep
{
    /// <summary>Nothing of note.</summary>
    Other,

    /// <summary>Reads the byte of the write flag: to test it, or to change it and store it back.</summary>
    FlagTest,

    /// <summary>Sets the write flag: the write begins after it.</summary>
    FlagSet,

    /// <summary>Clears the write flag: the write has ended after it.</summary>
    FlagClear,

    /// <summary>Hashes the key.</summary>
    Hash,

    /// <summary>Calls code that grows the map or moves its entries.</summary>
    Grow,

    /// <summary>Calls code that ends the program or panics.</summary>
    Fatal,

    /// <summary>Calls the growth of the stack, after which the function starts again.</summary>
    StackGrowth,

    /// <summary>Calls something else.</summary>
    Call,

    /// <summary>Returns.</summary>
    Return,
}

/// <summary>One instruction of a map operation.</summary>
/// <param name="Address">Where it lies, as the linker gave it.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Step">What it does.</param>
/// <param name="Target">Symbol that it calls; empty when it calls none that is known.</param>
/// <param name="Phases">How far the operation has come before it.</param>
/// <param name="Flag">Whether this call has the write flag set before it.</param>
public sealed record MapInstruction(ulong Address, int Length, MapStep Step, string Target, MapPhases Phases, WriteStage Flag);

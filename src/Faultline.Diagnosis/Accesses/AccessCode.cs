using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Listing;

namespace Faultline.Diagnosis.Accesses;

/// <summary>The machine code of an access. Addresses are link-time addresses.</summary>
/// <param name="Instructions">The instruction of the access in the user's function and its neighbours, in address order; empty when unknown.</param>
/// <param name="OwnIndex">Index of the access' own instruction, for a map operation the call; -1 when unknown.</param>
/// <param name="Phase">How far the map operation had come; null where its frame or its code does not tell.</param>
public sealed record AccessCode(IReadOnlyList<ListedInstruction> Instructions, int OwnIndex, AccessPhase? Phase);

/// <summary>Where in a map function of the runtime a goroutine was.</summary>
/// <param name="Function">The map function.</param>
/// <param name="Address">Its instruction there.</param>
/// <param name="Phases">How far the operation had come before that instruction; several where the code allows several.</param>
/// <param name="Flag">Whether this call had set the map's write flag.</param>
public sealed record AccessPhase(string Function, ulong Address, MapPhases Phases, WriteStage Flag);

using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Incidents;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Accesses;

/// <summary>Looks up the code of accesses. Not thread-safe.</summary>
internal sealed class AccessCodeReader(GoBinary binary)
{
    private const int Neighbours = 2;

    private readonly CodeListing listing = new(binary);
    private readonly MapPhaseTable phases = new(binary);

    /// <summary>The incident with accesses that know their code; unchanged when the image is of no binary, or nobody knows where a PIE was loaded.</summary>
    public Incident Attach(Incident incident, ProgramImage image)
    {
        if (image.Binary is null || image.LoadBias is not { } bias)
            return incident;
        return incident with
        {
            Victim = incident.Victim is { } victim ? victim with { Code = Read(victim, bias) } : null,
            Rivals = [.. incident.Rivals.Select(rival => rival with { Code = Read(rival, bias) })],
        };
    }

    private AccessCode? Read(Access access, ulong bias)
    {
        ulong own = access.Pc is { } pc && pc > bias ? pc - bias - (IsExact(access, pc) ? 0UL : 1UL) : 0;
        IReadOnlyList<ListedInstruction> instructions = own == 0 ? [] : listing.Around(own, Neighbours, Neighbours);
        AccessPhase? phase = FindPhase(access, bias);
        return instructions.Count == 0 && phase is null ? null : new AccessCode(instructions, IndexOf(instructions, own), phase);
    }

    private static bool IsExact(Access access, ulong pc) => access.Frames is [{ IsExactPc: true } first, ..] && first.Pc == pc;

    private static int IndexOf(IReadOnlyList<ListedInstruction> instructions, ulong address)
    {
        for (int index = 0; index < instructions.Count; index++)
        {
            if (address - instructions[index].Address < (ulong)instructions[index].Bytes.Length)
                return index;
        }

        return -1;
    }

    /// <summary>The innermost frame in a map function, below the user's code.</summary>
    private AccessPhase? FindPhase(Access access, ulong bias)
    {
        for (int index = 0; index < access.Frames.Count && access.Frames[index].IsRuntime; index++)
        {
            AccessFrame frame = access.Frames[index];
            if (frame.Pc is not { } pc || pc <= bias)
                continue;
            ulong address = pc - bias;
            if (!binary.TryFindFunction(address - 1, out FuncInfo function) || !MapPhaseTable.IsOperation(function))
                continue;
            MapInstruction? row = frame.IsExactPc || index == 0 ? Interrupted(address) : phases.At(address - 1);
            return row is { Phases: not MapPhases.None } ? new AccessPhase(function.Name, row.Address, row.Phases, row.Flag) : null;
        }

        return null;
    }

    /// <summary>A map function on top of a stack was interrupted where it is, or in the growth of its stack, where goroutines give way.</summary>
    private MapInstruction? Interrupted(ulong address) =>
        phases.At(address - 1) is { Step: MapStep.StackGrowth } growth && growth.Address + (ulong)growth.Length == address ? growth : phases.At(address);
}

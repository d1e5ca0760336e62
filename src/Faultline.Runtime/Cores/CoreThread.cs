using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>A thread of the process (<c>NT_PRSTATUS</c>).</summary>
/// <param name="ThreadId">Kernel id, as the runtime's <c>m.procid</c> has it.</param>
/// <param name="Signal">The signal that it was stopped with; 0 for none.</param>
/// <param name="Registers">Its registers at that time.</param>
public sealed record CoreThread(int ThreadId, int Signal, ThreadRegisters Registers);

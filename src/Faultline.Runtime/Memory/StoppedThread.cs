namespace Faultline.Runtime.Memory;

/// <summary>A thread of a process that stands still: of a core, or stopped by a debugger.</summary>
/// <param name="ThreadId">Kernel id, as the runtime's <c>m.procid</c> has it.</param>
/// <param name="Signal">The signal that it was stopped with; 0 for none.</param>
/// <param name="Registers">Its registers at that time.</param>
public sealed record StoppedThread(int ThreadId, int Signal, ThreadRegisters Registers);

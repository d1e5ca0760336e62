namespace Faultline.Evidence.Tracebacks;

/// <summary>A signal as the runtime printed it.</summary>
/// <param name="Name">Such as <c>SIGSEGV</c>.</param>
/// <param name="Description">Such as <c>segmentation violation</c>.</param>
/// <param name="Code">The signal code, when printed.</param>
/// <param name="Address">The fault address, when printed.</param>
/// <param name="Pc">The exact program counter, when printed.</param>
/// <param name="Line">One-based line in the log.</param>
public sealed record SignalInfo(string Name, string Description, long? Code, ulong? Address, ulong? Pc, long Line);

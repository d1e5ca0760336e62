namespace Faultline.Diagnosis.Tests.Carriers;

/// <summary>A log inside a carrier.</summary>
/// <param name="Bytes">The carrier's file.</param>
/// <param name="Lines">For each line of the log, from 1, the line of the file where it begins (after unpacking); index 0 is unused.</param>
internal sealed record WrappedLog(byte[] Bytes, IReadOnlyList<long> Lines);

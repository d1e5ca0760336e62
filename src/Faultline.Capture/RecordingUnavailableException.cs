namespace Faultline.Capture;

/// <summary>The machine does not let this be recorded; the message says what stands in the way and what mends it.</summary>
public sealed class RecordingUnavailableException(string message) : Exception(message);

namespace Faultline.Samples;

/// <summary>A toolchain could not build a sample.</summary>
public sealed class SampleBuildException(string message) : Exception(message);

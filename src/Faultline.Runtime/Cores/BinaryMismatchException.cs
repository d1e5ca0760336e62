namespace Faultline.Runtime.Cores;

/// <summary>A core and a binary that do not belong together.</summary>
public sealed class BinaryMismatchException(string corePath, string binaryPath)
    : IOException($"{binaryPath} is not the program that {corePath} is of: their build ids differ")
{
    public string CorePath => corePath;

    public string BinaryPath => binaryPath;
}

namespace Faultline.Evidence.Carriers;

/// <summary>An input cannot be read without a program that is not installed.</summary>
public sealed class MissingToolException(string tool, string purpose) : Exception($"{tool} is not installed, and it is needed to {purpose}")
{
    public string Tool => tool;
}

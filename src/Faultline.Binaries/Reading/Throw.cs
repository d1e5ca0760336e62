using System.Diagnostics.CodeAnalysis;

namespace Faultline.Binaries.Reading;

/// <summary>Raises <see cref="MalformedDataException"/> out of line, so that the checks around it stay small.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Malformed(string source, long offset, string structure, string rule) =>
        throw new MalformedDataException(source, offset, structure, rule);

    [DoesNotReturn]
    public static void TooShort(string source, long offset, string structure, int wanted, int remaining) =>
        throw new MalformedDataException(source, offset, structure, $"needs {wanted} bytes where {remaining} are left");
}

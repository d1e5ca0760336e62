namespace Faultline.Binaries.Reading;

/// <summary>
/// Bounds work that an input can multiply without growing: many records that each point to the same long table. Not thread-safe by
/// itself; a race can only let a little more through.
/// </summary>
internal sealed class ReadBudget(string source, string structure, long steps)
{
    private long _left = steps;

    /// <exception cref="MalformedDataException">More was asked for than any real input needs.</exception>
    public void Spend(long amount)
    {
        _left -= amount;
        if (_left < 0)
            Throw.Malformed(source, 0, structure, "its tables refer to each other more often than in any real file");
    }
}

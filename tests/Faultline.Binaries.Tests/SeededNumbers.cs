namespace Faultline.Binaries.Tests;

/// <summary>Repeatable numbers from a seed that the test names (splitmix64).</summary>
public sealed class SeededNumbers(ulong seed)
{
    private ulong _state = seed;

    public ulong Next(ulong limit)
    {
        _state += 0x9e3779b97f4a7c15;
        var value = _state;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return (value ^ (value >> 31)) % limit;
    }
}

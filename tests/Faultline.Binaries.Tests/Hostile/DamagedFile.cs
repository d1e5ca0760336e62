namespace Faultline.Binaries.Tests.Hostile;

/// <summary>A file that is damaged again and again, each time from its original state, at places where damage is interesting.</summary>
public sealed class DamagedFile(byte[] original, IReadOnlyList<(int Start, int Size)> places, ulong seed)
{
    private readonly SeededNumbers _random = new(seed);

    /// <summary>Up to eight changes: flipped bits, extreme bytes, boosted 32- and 64-bit lengths, copied runs; now and then a cut.</summary>
    public byte[] Next()
    {
        var bytes = (byte[])original.Clone();
        for (var changes = 1 + (int)_random.Next(8); changes > 0; changes--)
            Change(bytes);
        return _random.Next(32) == 0 ? bytes[..(int)_random.Next((ulong)bytes.Length)] : bytes;
    }

    private void Change(byte[] bytes)
    {
        var (start, size) = places[(int)_random.Next((ulong)places.Count)];
        var at = start + (int)_random.Next((ulong)size);
        var room = bytes.AsSpan(at);
        switch (_random.Next(6))
        {
            case 0:
                room[0] ^= (byte)(1 << (int)_random.Next(8));
                break;
            case 1:
                room[0] = (byte)_random.Next(256);
                break;
            case 2:
                room[..Math.Min(room.Length, 1 + (int)_random.Next(9))].Fill(0xff);
                break;
            case 3:
                room[..Math.Min(room.Length, 4)].Clear();
                break;
            case 4:
                room[..Math.Min(room.Length, 8)].Fill(0x7f);
                break;
            default:
                var from = bytes.AsSpan(start + (int)_random.Next((ulong)size));
                var count = Math.Min(Math.Min(from.Length, room.Length), 16);
                from[..count].CopyTo(room);
                break;
        }
    }
}

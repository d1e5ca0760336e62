using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Elf;

/// <summary>The checksum of debug links (polynomial 0xedb88320), eight bytes a step: debug files are large.</summary>
internal static class Crc32
{
    private const int BlockSize = 1 << 20;

    private static readonly uint[][] Tables = MakeTables();

    public static uint Of(MappedFile file)
    {
        var crc = uint.MaxValue;
        for (var offset = 0L; offset < file.Length; offset += BlockSize)
        {
            file.TrySlice(offset, Math.Min(BlockSize, file.Length - offset), out var block);
            crc = Add(crc, block);
        }

        return ~crc;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc ^= (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24));
            crc = Tables[7][crc & 0xff] ^ Tables[6][(crc >> 8) & 0xff] ^ Tables[5][(crc >> 16) & 0xff] ^ Tables[4][crc >> 24]
                ^ Tables[3][bytes[4]] ^ Tables[2][bytes[5]] ^ Tables[1][bytes[6]] ^ Tables[0][bytes[7]];
        }

        foreach (var value in bytes)
            crc = Tables[0][(crc ^ value) & 0xff] ^ (crc >> 8);
        return crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var table = 0; table < tables.Length; table++)
        {
            tables[table] = new uint[256];
            for (var index = 0u; index < 256; index++)
            {
                if (table > 0)
                {
                    var before = tables[table - 1][index];
                    tables[table][index] = tables[0][before & 0xff] ^ (before >> 8);
                    continue;
                }

                var value = index;
                for (var bit = 0; bit < 8; bit++)
                    value = (value & 1) != 0 ? 0xedb88320 ^ (value >> 1) : value >> 1;
                tables[0][index] = value;
            }
        }

        return tables;
    }
}

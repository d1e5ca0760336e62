using Faultline.Binaries.Reading;

namespace Faultline.Evidence.Perf.Headers;

/// <summary><c>struct perf_file_header</c>, or the two fields of it that a pipe starts with.</summary>
internal sealed record FileHeader
{
    /// <summary>Size of the header of a pipe.</summary>
    public const int PipeSize = 16;

    private const int FullSize = 104;
    private const int FeatureBitCount = 256;

    /// <summary>No sections: what they would say comes as records.</summary>
    public required bool IsPipe { get; init; }

    /// <summary>Size of a <c>perf_event_attr</c> in <see cref="Attributes"/>, with the place of its ids.</summary>
    public int AttributeSize { get; init; }

    public FileSection Attributes { get; init; }

    public required FileSection Data { get; init; }

    /// <summary>Bits of the sections that follow the data, ascending.</summary>
    public IReadOnlyList<int> Features { get; init; } = [];

    private static ReadOnlySpan<byte> Magic => "PERFILE2"u8;

    private static ReadOnlySpan<byte> SwappedMagic => "2ELIFREP"u8;

    private static ReadOnlySpan<byte> OldMagic => "PERFFILE"u8;

    /// <summary>True for the first bytes of any recording, readable or not.</summary>
    public static bool IsPerfData(ReadOnlySpan<byte> head) => head.StartsWith(Magic) || head.StartsWith(SwappedMagic) || head.StartsWith(OldMagic);

    /// <exception cref="MalformedDataException">It is no recording that can be read.</exception>
    public static FileHeader Read(MappedFile file)
    {
        file.TrySlice(0, Math.Min(file.Length, FullSize), out ReadOnlySpan<byte> bytes);
        if (bytes.StartsWith(SwappedMagic))
            throw Refuse(file, "was recorded on a big-endian machine, which is not supported");
        if (bytes.StartsWith(OldMagic))
            throw Refuse(file, "has the format of Linux 2.6, which is not supported; record again with a newer perf");
        if (!bytes.StartsWith(Magic))
            throw Refuse(file, "does not start with PERFILE2: it is no recording of perf");
        ByteCursor cursor = new(bytes, file.Path, "header of the recording");
        cursor.Skip(Magic.Length);
        if (cursor.ReadUInt64() == PipeSize)
            return new FileHeader { IsPipe = true, Data = new FileSection(PipeSize, file.Length - PipeSize) };
        ulong attributeSize = cursor.ReadUInt64();
        FileSection attributes = FileSection.Read(ref cursor);
        FileSection data = FileSection.Read(ref cursor);
        FileSection.Read(ref cursor);
        List<int> features = [];
        for (int word = 0; word < FeatureBitCount; word += 64)
        {
            ulong bits = cursor.ReadUInt64();
            for (int bit = 0; bit < 64; bit++)
            {
                if ((bits >> bit & 1) != 0)
                    features.Add(word + bit);
            }
        }

        if (data.Offset < FullSize || data.Offset > file.Length)
            throw Refuse(file, $"has its data at {data.Offset}, outside its {file.Length} bytes");
        return new FileHeader
        {
            IsPipe = false,
            AttributeSize = (int)Math.Min(attributeSize, PerfLimits.AttributeSize + 1),
            Attributes = attributes,
            Data = data,
            Features = features,
        };
    }

    private static MalformedDataException Refuse(MappedFile file, string rule) => new(file.Path, 0, "header of the recording", rule);
}

using System.IO.Compression;
using Google.Protobuf;

namespace Faultline.Reports.Profiles;

/// <summary>
/// pprof's format (<c>profile.proto</c>, compressed with gzip): <c>go tool pprof</c> opens it. Labels are <c>goroutine</c>, <c>thread</c> (numbers), <c>state</c>, <c>operation</c> and
/// <c>object</c> (texts).
/// </summary>
public static class PprofWriter
{
    // Numbers of the fields in profile.proto.
    private const int ProfileSampleType = 1;
    private const int ProfileSamples = 2;
    private const int ProfileLocation = 4;
    private const int ProfileFunction = 5;
    private const int ProfileString = 6;
    private const int ProfileDuration = 10;
    private const int ProfileComment = 13;

    /// <summary>Writes the profile. The stream stays open.</summary>
    public static void Write(StackProfile profile, Stream stream)
    {
        using GZipStream packed = new(stream, CompressionLevel.Fastest, leaveOpen: true);
        using CodedOutputStream output = new(packed, leaveOpen: true);
        Tables tables = new();
        WriteMessage(output, ProfileSampleType, message => WriteNumbers(message, (1, tables.String(profile.Unit)), (2, tables.String("count"))));
        foreach (ProfileSample sample in profile.Samples)
            WriteMessage(output, ProfileSamples, message => WriteSample(message, sample, tables));
        foreach ((ProfileFrame frame, long id) in tables.Locations)
        {
            WriteMessage(output, ProfileLocation, message =>
            {
                WriteNumbers(message, (1, id));
                WriteMessage(message, 4, line => WriteNumbers(line, (1, tables.Function(frame)), (2, frame.Line)));
            });
        }

        foreach (((string name, string file), long id) in tables.Functions)
            WriteMessage(output, ProfileFunction, message => WriteNumbers(message, (1, id), (2, tables.String(name)), (3, tables.String(name)), (4, tables.String(file))));
        WriteNumbers(output, (ProfileDuration, profile.DurationNanoseconds), (ProfileComment, tables.String($"made by faultline from {profile.Source}")));

        // Last, because all others add to it.
        foreach (string text in tables.Strings)
        {
            output.WriteTag(ProfileString, WireFormat.WireType.LengthDelimited);
            output.WriteString(text);
        }
    }

    private static void WriteSample(CodedOutputStream message, ProfileSample sample, Tables tables)
    {
        foreach (ProfileFrame frame in sample.Frames)
            WriteNumbers(message, (1, tables.Location(frame)));
        WriteNumbers(message, (2, sample.Count));
        ProfileLabels labels = sample.Labels;
        WriteLabel(message, tables, "goroutine", "", (long)labels.Goroutine);
        WriteLabel(message, tables, "thread", "", labels.Thread);
        WriteLabel(message, tables, "state", labels.State, 0);
        WriteLabel(message, tables, "operation", labels.Operation, 0);
        WriteLabel(message, tables, "object", labels.ObjectAddress == 0 ? "" : $"0x{labels.ObjectAddress:x}", 0);
    }

    private static void WriteLabel(CodedOutputStream message, Tables tables, string key, string text, long number)
    {
        if (text.Length > 0 || number != 0)
            WriteMessage(message, 3, label => WriteNumbers(label, (1, tables.String(key)), text.Length > 0 ? (2, tables.String(text)) : (3, number)));
    }

    private static void WriteNumbers(CodedOutputStream output, params ReadOnlySpan<(int Field, long Value)> numbers)
    {
        foreach ((int field, long value) in numbers)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt64(value);
        }
    }

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using MemoryStream content = new();
        using (CodedOutputStream message = new(content, leaveOpen: true))
            write(message);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content.GetBuffer().AsSpan(0, (int)content.Length)));
    }

    /// <summary>Numbers of strings, functions and locations, in the order in which they come up; string 0 is empty, as the format wants it.</summary>
    private sealed class Tables
    {
        private readonly Dictionary<string, long> _strings = new(StringComparer.Ordinal) { [""] = 0 };

        public IEnumerable<string> Strings => _strings.Keys;

        public Dictionary<ProfileFrame, long> Locations { get; } = [];

        public Dictionary<(string Name, string File), long> Functions { get; } = [];

        public long String(string text) => Number(_strings, text, 0);

        public long Location(in ProfileFrame frame) => Number(Locations, frame, 1);

        public long Function(in ProfileFrame frame) => Number(Functions, (frame.Function.Length == 0 ? "(unknown)" : frame.Function, frame.File), 1);

        private static long Number<T>(Dictionary<T, long> table, T key, long first)
            where T : notnull
        {
            if (!table.TryGetValue(key, out long number))
                table.Add(key, number = table.Count + first);
            return number;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Faultline.Runtime.Tests.Programs;

/// <summary>What the sample <c>parked/objects</c> wrote about itself.</summary>
public sealed record Truth(
    Dictionary<string, MapTruth> Maps, Dictionary<string, ChannelTruth> Channels, Dictionary<string, LockTruth> Locks,
    Dictionary<string, SliceTruth> Slices, Dictionary<string, ValueTruth> Values, Dictionary<string, ulong> Goroutines)
{
    public static Truth Read(string path) => JsonSerializer.Deserialize<Truth>(File.ReadAllText(path), s_options)!;

    private static readonly JsonSerializerOptions s_options = new() { Converters = { new HexConverter() } };
}

public sealed record MapTruth(Hex Address, string Type, int Length, string[][] Entries);

public sealed record ChannelTruth(Hex Address, string Type, int Length, int Capacity, bool Closed, string[]? Items, string[]? Senders, string[]? Receiver);

public sealed record LockTruth(Hex Address, string Kind, string[]? Waiters, string Owner);

public sealed record SliceTruth(Hex Address, Hex Array, string Type, int Length, int Capacity);

public sealed record ValueTruth(Hex Address, string Type, string Text);

/// <summary>An address as the program prints it.</summary>
public readonly record struct Hex(ulong Value)
{
    public static implicit operator ulong(Hex hex) => hex.Value;
}

internal sealed class HexConverter : JsonConverter<Hex>
{
    public override Hex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(Convert.ToUInt64(reader.GetString(), 16));

    public override void Write(Utf8JsonWriter writer, Hex value, JsonSerializerOptions options) => throw new NotSupportedException();
}

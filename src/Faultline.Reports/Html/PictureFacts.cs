using System.Globalization;
using System.Text.Json;
using Faultline.Diagnosis.Memory;
using Faultline.Runtime.Maps;

namespace Faultline.Reports.Html;

/// <summary>The pictures of objects as the page's script draws them.</summary>
internal static class PictureFacts
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ObjectPicture> pictures)
    {
        json.WriteStartArray("pictures");
        foreach (ObjectPicture picture in pictures)
        {
            json.WriteStartObject();
            json.WriteString("source", picture.Source);
            json.WriteString("address", string.Create(CultureInfo.InvariantCulture, $"0x{picture.Address:x}"));
            json.WriteString("type", picture.Type);
            if (picture is MapPicture map)
                Write(json, map);
            else if (picture is ChannelPicture channel)
                Write(json, channel);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, MapPicture map)
    {
        json.WriteString("kind", "map");
        json.WriteNumber("count", map.Count);
        json.WriteBoolean("writing", map.IsWriting);
        json.WriteNumber("unitCount", map.UnitCount);
        json.WriteNumber("oldUnitCount", map.OldUnitCount);
        json.WriteNumber("hiddenOverflow", map.HiddenOverflowCount);
        json.WriteNumber("firstUnit", map.FirstUnit);
        json.WriteNumber("firstOldUnit", map.FirstOldUnit);
        json.WriteStartArray("marks");
        foreach (MapMark mark in map.Marks)
            Write(json, mark);
        json.WriteEndArray();
        if (map.Classic is { } classic)
        {
            json.WriteStartObject("classic");
            json.WriteNumber("flags", classic.Flags);
            json.WriteNumber("shift", classic.Shift);
            json.WriteNumber("overflow", classic.OverflowCount);
            json.WriteNumber("evacuated", Math.Min(classic.EvacuatedCount, classic.OldBucketCount));
            json.WriteBoolean("sameSize", classic.IsSameSizeGrowth);
            json.WriteEndObject();
        }
        else if (map.Swiss is { } swiss)
        {
            json.WriteStartObject("swiss");
            json.WriteBoolean("small", swiss.IsSmall);
            json.WriteNumber("directory", swiss.DirectoryLength);
            json.WriteNumber("depth", swiss.GlobalDepth);
            json.WriteNumber("cleared", swiss.ClearCount);
            json.WriteNumber("tableCount", map.TableCount);
            json.WriteNumber("firstTable", map.FirstTable);
            json.WriteStartArray("tables");
            foreach (SwissTable table in map.Tables)
                Write(json, table);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartArray("units");
        foreach (MapUnitPicture unit in map.Units)
            Write(json, unit);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, MapMark mark)
    {
        json.WriteStartObject();
        json.WriteNumber("goroutine", mark.Goroutine);
        json.WriteString("function", mark.Function);
        json.WriteString("key", mark.Key);
        json.WriteNumber("index", mark.Place.Index);
        json.WriteNumber("chain", mark.Place.Chain);
        json.WriteNumber("depth", mark.Place.Depth);
        json.WriteBoolean("old", mark.Place.IsOld);
        json.WriteNumber("slot", mark.Place.Slot);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, in SwissTable table)
    {
        json.WriteStartObject();
        json.WriteNumber("used", table.Used);
        json.WriteNumber("capacity", table.Capacity);
        json.WriteNumber("growthLeft", table.GrowthLeft);
        json.WriteNumber("depth", table.LocalDepth);
        json.WriteNumber("index", table.Index);
        json.WriteNumber("groups", table.GroupCount);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MapUnitPicture unit)
    {
        json.WriteStartObject();
        json.WriteNumber("chain", unit.Chain);
        json.WriteNumber("depth", unit.Depth);
        json.WriteBoolean("old", unit.IsOld);
        json.WriteBoolean("evacuated", unit.IsEvacuated);
        json.WriteStartArray("slots");
        foreach (MapSlotPicture slot in unit.Slots)
        {
            // Most slots are empty, and a page has hundreds of them.
            json.WriteStartArray();
            json.WriteStringValue(slot.State switch { MapSlotState.Full => "full", MapSlotState.Deleted => "deleted", MapSlotState.Evacuated => "moved", _ => "empty" });
            if (slot.State == MapSlotState.Full)
            {
                json.WriteStringValue(slot.Key);
                json.WriteStringValue(slot.Element);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ChannelPicture channel)
    {
        json.WriteString("kind", "channel");
        json.WriteNumber("count", channel.Count);
        json.WriteNumber("capacity", channel.Capacity);
        json.WriteBoolean("closed", channel.IsClosed);
        json.WriteBoolean("timer", channel.IsOfTimer);
        json.WriteNumber("sendx", channel.SendIndex);
        json.WriteNumber("recvx", channel.ReceiveIndex);
        json.WriteStartArray("slots");
        foreach (ChannelSlotPicture slot in channel.Slots)
        {
            json.WriteStartObject();
            json.WriteNumber("index", slot.Index);
            json.WriteBoolean("full", slot.IsFull);
            json.WriteString("element", slot.Element);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "sendq", channel.Senders, channel.SenderCount);
        Write(json, "recvq", channel.Receivers, channel.ReceiverCount);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<ChannelWaiterPicture> waiters, int count)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", count);
        json.WriteStartArray("first");
        foreach (ChannelWaiterPicture waiter in waiters)
        {
            json.WriteStartObject();
            json.WriteNumber("goroutine", waiter.Goroutine);
            json.WriteBoolean("select", waiter.IsSelect);
            json.WriteString("element", waiter.Element);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

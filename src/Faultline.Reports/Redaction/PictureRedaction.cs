using Faultline.Diagnosis.Memory;

namespace Faultline.Reports.Redaction;

/// <summary>A picture of an object without its keys, elements, addresses and path; types, counts and goroutines stay.</summary>
internal static class PictureRedaction
{
    public static ObjectPicture Of(ObjectPicture picture, Redactor redactor)
    {
        ObjectPicture known = picture with { Source = redactor.File(picture.Source), Address = redactor.Address(picture.Address) };
        return known switch
        {
            MapPicture map => Of(map, redactor),
            ChannelPicture channel => channel with
            {
                Slots = [.. channel.Slots.Select(slot => slot with { Element = Value(slot.Element, redactor) })],
                Senders = [.. channel.Senders.Select(waiter => waiter with { Element = Value(waiter.Element, redactor) })],
                Receivers = [.. channel.Receivers.Select(waiter => waiter with { Element = Value(waiter.Element, redactor) })],
            },
            _ => throw new NotSupportedException($"no redaction of {known.GetType().Name}"),
        };
    }

    private static MapPicture Of(MapPicture map, Redactor redactor) => map with
    {
        Classic = map.Classic is { } classic ? classic with { Seed = 0, Buckets = redactor.Address(classic.Buckets), OldBuckets = redactor.Address(classic.OldBuckets) } : null,
        Swiss = map.Swiss is { } swiss ? swiss with { Seed = 0, Directory = redactor.Address(swiss.Directory) } : null,
        Tables = [.. map.Tables.Select(table => table with { Address = redactor.Address(table.Address), Groups = redactor.Address(table.Groups) })],
        Marks = [.. map.Marks.Select(mark => mark with { Key = Value(mark.Key, redactor) })],
        Units = [.. map.Units.Select(unit => unit with { Slots = [.. unit.Slots.Select(slot => slot with { Key = Value(slot.Key, redactor), Element = Value(slot.Element, redactor) })] })],
    };

    // Numbers tell as much as strings do, so all of the text goes.
    private static string? Value(string? text, Redactor redactor) => text is null ? null : redactor.Token("value", text);
}

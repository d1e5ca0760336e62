using System.Text;
using Faultline.Evidence.Carriers.Lines;

namespace Faultline.Evidence.Carriers;

/// <summary>
/// Looks at the lines of one stream: what they carry for others is handed on, prefixes that name nobody are taken off, and the rest is
/// the stream's own text.
/// </summary>
internal sealed class LineCarriers(CarrierContext context, int depth, string name, CarrierKinds kinds)
{
    private readonly Dictionary<string, CarriedStream> children = new(StringComparer.Ordinal);
    private readonly ScratchText plain = new();
    private readonly ExportField export = new();
    private readonly LineForms forms = context.FormsAt(depth);
    private Indentation indentation;
    private CarriedStream? last;

    /// <summary>Wrappings of lines that belonged to a crash, where they name no stream.</summary>
    public CarrierKinds Seen { get; private set; }

    /// <summary>The next line belongs to a value that goes over lines, empty ones included.</summary>
    public bool IsInsideField => export.IsInside;

    /// <summary>Sorts one line, without its line feed and not empty but inside a field. <paramref name="text"/> is valid until the next call.</summary>
    public CarriedTo Take(ReadOnlySpan<byte> line, long number, out ReadOnlySpan<byte> text)
    {
        CarrierKinds found = CarrierKinds.None;
        text = default;
        if (export.IsInside && export.TryTake(line, out ReadOnlySpan<byte> value, out bool isText))
        {
            if (isText)
                HandOn(new CarriedLine { Kind = CarrierKinds.JournalExport, Text = value, IsApart = true }, found, number);
            return CarriedTo.AnotherStream;
        }

        if (line.IsEmpty)
            return CarriedTo.Nowhere;
        if (export.TryBegin(line))
            return CarriedTo.AnotherStream;
        text = line[^1] == '\r' ? line[..^1] : line;
        if (text.Contains(AnsiText.Escape))
        {
            text = AnsiText.Strip(text, plain);
            found = CarrierKinds.Ansi;
        }

        for (int prefixes = 0; prefixes < CarrierLimits.PrefixCount && !text.IsEmpty; prefixes++)
        {
            if (indentation.TryTake(ref text))
            {
                found |= CarrierKinds.Indent;
                break;
            }

            if (!forms.TryRead(text, out CarriedLine carried))
                break;
            if (carried.IsApart)
            {
                HandOn(carried, found, number);
                return CarriedTo.AnotherStream;
            }

            text = carried.Text;
            found |= carried.Kind;
        }

        if (found == CarrierKinds.None)
            return CarriedTo.Nowhere;
        if (context.Texts.MayOpen(text))
            Seen |= found;
        return CarriedTo.SameStream;
    }

    /// <summary>Ends the lines that still wait for their rest.</summary>
    public void Complete()
    {
        foreach (CarriedStream child in children.Values)
            child.Complete();
    }

    private void HandOn(in CarriedLine carried, CarrierKinds found, long number)
    {
        if (last is null || !last.IsFor(carried))
            last = Find(carried, found, number);
        last?.Append(carried, number);
    }

    private CarriedStream? Find(in CarriedLine carried, CarrierKinds found, long number)
    {
        // The key has the kind in front, so that a container and a unit of one name stay apart.
        ReadOnlySpan<byte> title = carried.Stream[..Math.Min(carried.Stream.Length, CarrierLimits.NameSize)];
        Span<char> key = stackalloc char[CarrierLimits.NameSize + 1];
        key[0] = (char)carried.Kind;
        int size = 1 + Encoding.Latin1.GetChars(title, key[1..]);
        if (children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key[..size], out CarriedStream? known))
            return known;
        if (!context.TryName(number))
            return null;
        string full = string.Join(' ', ((string[])[name, Encoding.UTF8.GetString(title)]).Where(part => part.Length > 0));
        var stream = new CarriedStream(context, depth + 1, full, kinds | found | carried.Kind, carried.Kind, title.ToArray());
        children.Add(key[..size].ToString(), stream);
        return stream;
    }
}

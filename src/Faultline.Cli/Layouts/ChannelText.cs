using Faultline.Binaries.Layouts;

namespace Faultline.Cli.Layouts;

/// <summary>For people: what each channel operation does to a channel.</summary>
internal static class ChannelText
{
    public static void Write(IReadOnlyList<ChannelPicture> pictures, int lineSize, TextWriter writer)
    {
        writer.Write("\noperations, from the runtime's code in this binary, all paths together\n");
        foreach (ChannelPicture picture in pictures)
        {
            string more = picture.IsComplete ? "" : " (at least: not all of the code could be followed)";
            writer.Write($"  {picture.Operation,-8} {(picture.TakesLock ? "takes the lock" : "takes no lock")}, line{(picture.Lines(lineSize).Count == 1 ? "" : "s")} {string.Join(" and ", picture.Lines(lineSize))}{more}\n");
            writer.Write($"           reads {Names(picture.Reads)}; writes {Names(picture.Writes)}\n");
        }

        string[] missing = [.. ((string[])["len", "cap"]).Except(pictures.Select(picture => picture.Operation), StringComparer.Ordinal)];
        if (missing.Length > 0)
            writer.Write($"  {string.Join(", ", missing),-8} no function of the runtime here: where the program uses them, its own code reads the channel\n");
    }

    private static string Names(IReadOnlyList<LaidField> fields) => fields.Count == 0 ? "nothing" : LayoutWords.Names(fields);
}

using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Cli.Calling;
using Faultline.Reports.Text;

namespace Faultline.Cli.MapSites;

/// <summary>For people: a paragraph a type, a line an operation.</summary>
internal static class MapSitesText
{
    private const int EntryLimit = 3;
    private const int PlaceWidth = 22;

    public static void Write(MapSiteListing listing, TextWriter writer)
    {
        foreach (MapTypeSites type in listing.Types)
        {
            writer.Write($"{PrintableText.Escape(type.Type)}: {Summary(type)}\n");
            foreach (MapSite site in type.Sites)
                writer.Write($"  {Word(site.Call.Operation),-8} {StepWords.Place(site.Call.Frames).PadRight(PlaceWidth)} 0x{site.Call.CallAddress:x} {FunctionOf(site.Call)}; {Entries(site)}\n");
            writer.Write('\n');
        }

        int shown = listing.Types.Sum(type => type.Sites.Count);
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{shown} of {listing.Total} operations, {listing.Types.Count} of {listing.TypeTotal} types\n"));
    }

    public static string Word(MapOperation operation) => operation switch
    {
        MapOperation.Write => "write",
        MapOperation.Delete => "delete",
        MapOperation.Iterate => "iterate",
        MapOperation.Clear => "clear",
        MapOperation.Clone => "clone",
        _ => "read",
    };

    private static string Summary(MapTypeSites type)
    {
        string counts = string.Create(CultureInfo.InvariantCulture, $"{type.WriteCount} of {type.Sites.Count} operations write");
        if (!type.IsSharedPossibly)
            return counts;
        return type.EntryCount > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{counts}, from {type.EntryCount} different starts of goroutines: a conflict is possible")
            : $"{counts}, on goroutines that a loop starts: a conflict is possible";
    }

    private static string FunctionOf(MapCallSite call) => call.Frames is [{ Inlined: true } first, .., var last]
        ? $"{PrintableText.Escape(first.Function)}, inlined into {PrintableText.Escape(last.Function)}"
        : call.Frames is [var only, ..] ? PrintableText.Escape(only.Function) : "?";

    private static string Entries(MapSite site)
    {
        List<string> names = site.FromMain ? ["main"] : [];
        names.AddRange(site.Statements.Select(NameOf).Distinct(StringComparer.Ordinal));
        if (names.Count == 0)
            return "no goroutine is known to come here";
        string more = names.Count > EntryLimit ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - EntryLimit} more") : "";
        return $"from {string.Join(", ", names.Take(EntryLimit))}{more}";
    }

    /// <summary>The place of the statement: the function that it starts is not always known.</summary>
    private static string NameOf(GoStatement statement) =>
        $"go at {StepWords.Place(statement.Frames)} in {PrintableText.Escape(statement.Frames is [var frame, ..] ? frame.Function : statement.Creator.Name)}";
}

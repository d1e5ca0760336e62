using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.Code.Appends;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Appends;
using Faultline.Diagnosis.Programs;
using Faultline.Diagnosis.Recordings;
using Faultline.Diagnosis.Verdicts;
using Faultline.Reports.Text;

namespace Faultline.Cli.Appends;

/// <summary>For people: what was recorded, then each append with the code that shares its slice.</summary>
internal static class AppendsText
{
    private const int MostStarts = 3;
    private const int MostAccesses = 20;

    public static void Write(AppendSelection selection, TextWriter writer)
    {
        if (selection.Uses is { } uses)
            WriteUses(uses, writer);
        int number = 0;
        foreach (AppendWindow window in selection.Windows)
            Write(++number, window, writer);
        string shown = selection.Windows.Count < selection.Total ? $", {selection.Windows.Count} of them shown" : "";
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{selection.AppendCount} appends can grow a slice; {selection.Total} store it where code of another goroutine can reach it{shown}\n"));
        if (selection.SkippedFunctions > 0)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{selection.SkippedFunctions} functions were not looked at: the program is too large\n"));
        writer.Write("inferred from the code, so each is possible at most: a field counts for all objects of its type, and locks and order are not followed\n");
    }

    private static void WriteUses(ArrayUses uses, TextWriter writer)
    {
        foreach (ArrayUse use in uses.Uses)
        {
            string who = use.AccessGoroutine == 0 ? "an unknown goroutine" : string.Create(CultureInfo.InvariantCulture, $"goroutine {use.AccessGoroutine}");
            string inside = use.UsedAddress == use.OldAddress ? "" : string.Create(CultureInfo.InvariantCulture, $" (at 0x{use.UsedAddress:x})");
            writer.Write($"{Word(use.Confidence)}: {who} {(use.IsWrite ? "wrote to" : "read")} the array at 0x{use.OldAddress:x}{inside}\n");
            writer.Write($"  in {Place(use.Access)},\n");
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  which goroutine {use.AppendGoroutine}'s append had left {Nanoseconds.Format(use.Gap)} before for 0x{use.NewAddress:x}\n"));
            writer.Write($"  in {Place(use.Append)}\n");
            if (use.Count > 1)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"  {use.Count} times from these two lines\n"));
            if (use.Doubt.Length > 0)
                writer.Write($"  no more than possible: {use.Doubt}\n");
        }

        writer.Write(string.Create(CultureInfo.InvariantCulture, $"recorded: {uses.GrowthCount} growths, {uses.AccessCount} uses of arrays, {uses.Uses.Count} pairs of lines where another goroutine used an array that was left\n"));
        foreach (string remark in uses.Remarks)
            writer.Write($"  note: {remark}\n");
        writer.Write('\n');
    }

    private static void Write(int number, AppendWindow window, TextWriter writer)
    {
        AppendSite append = window.Append;
        string stores = string.Join(", ", append.StoreAddresses.Select(address => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}")));
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"append {number}: {PrintableText.Escape(append.Place.Name)}\n"));
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"  {Place(append.Frames)} appends: calls {append.Callee} at 0x{append.CallAddress:x}, stores the new pointer at {stores}\n"));
        writer.Write($"    {Where(window.AppendStarts, window.OnMain)}\n");
        int left = MostAccesses;
        foreach (IGrouping<ulong, WindowAccess> function in window.Accesses.GroupBy(other => other.Access.FunctionEntry))
        {
            foreach (var line in function.GroupBy(other => (Line: Place(other.Access.Frames), other.Access.Kind)).OrderByDescending(line => line.Key.Kind))
            {
                if (left-- > 0)
                    writer.Write($"  {line.Key.Line} {AppendSelection.WordOf(line.Key.Kind)} ({string.Join(", ", line.Select(other => string.Create(CultureInfo.InvariantCulture, $"0x{other.Access.Address:x}")))})\n");
            }

            WindowAccess any = function.First();
            if (left >= 0)
                writer.Write($"    {Where(any.Starts, any.OnMain)}{(any.BothLock ? "; both functions take a lock" : "")}\n");
        }

        if (left < 0)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"  and {-left} lines more; --format json has them all\n"));
        writer.Write('\n');
    }

    private static string Where(IReadOnlyList<GoStatement> starts, bool onMain)
    {
        List<string> places = onMain ? ["the main goroutine"] : [];
        places.AddRange(starts.Take(MostStarts).Select(start => $"a goroutine started in {Place(start.Frames)}"));
        string more = starts.Count > MostStarts ? string.Create(CultureInfo.InvariantCulture, $", or {starts.Count - MostStarts} other go statements") : "";
        return $"can run on {string.Join(", or ", places)}{more}";
    }

    private static string Place(IReadOnlyList<SourceFrame> frames)
        => frames is [{ } first, ..] ? Place(first.Function, first.File, first.Line) : "code without a line";

    private static string Place(ArrayPlace place)
        => place.Line > 0 ? Place(place.Function, place.File, place.Line) : string.Create(CultureInfo.InvariantCulture, $"code at 0x{place.Address:x}");

    private static string Place(string function, string file, int line)
        => PrintableText.Escape(string.Create(CultureInfo.InvariantCulture, $"{GoPackage.Short(function)} ({file[(file.LastIndexOf('/') + 1)..]}:{line})"));

    private static string Word(Confidence confidence) => confidence == Confidence.Confirmed ? "confirmed" : "possible";
}

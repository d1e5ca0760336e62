using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Symbols;

/// <summary>
/// Source lines to addresses. The function table runs from addresses to lines only, so all of it is walked: files first, then
/// the line runs of the functions that have code from one of the wanted files (inlined code included).
/// </summary>
internal sealed class LineSearch(Pclntab table, DiagnosticLog log)
{
    public List<ulong> Find(string file, int line)
    {
        var found = new List<ulong>();
        var wanted = table.FindFiles(file);
        if (wanted.Count == 0)
            return found;
        for (var index = 0; index < table.FunctionCount; index++)
        {
            try
            {
                Collect(table.GetRecord(index), table.EndOf(index), wanted, line, found);
            }
            catch (MalformedDataException exception)
            {
                log.Add("GOSYM0103", DiagnosticSeverity.Warning, exception);
            }
        }

        return found;
    }

    /// <summary>Walks the runs of equal file and the runs of equal line side by side; adds the start of every piece that has both.</summary>
    private void Collect(in FunctionRecord record, ulong end, HashSet<uint> wanted, int line, List<ulong> found)
    {
        var files = table.Runs(record, record.FileTable);
        var lines = table.Runs(record, record.LineTable);
        var (hasFile, hasLine, inside) = (files.MoveNext(), lines.MoveNext(), false);
        for (var at = record.Entry; hasFile && hasLine && at < end;)
        {
            var matches = lines.Value == line && wanted.Contains(table.FileOffset(record, files.Value));
            if (matches && !inside)
                found.Add(at);
            inside = matches;
            at = Math.Min(files.End, lines.End);
            if (files.End <= at)
                hasFile = files.MoveNext();
            if (lines.End <= at)
                hasLine = lines.MoveNext();
        }
    }
}

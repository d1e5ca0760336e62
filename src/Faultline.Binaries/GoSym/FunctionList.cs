using System.Collections;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.GoSym;

/// <summary>The functions of a pclntab as a list whose items are made when they are asked for. Broken records keep their place with an empty name.</summary>
internal sealed class FunctionList(Pclntab table, DiagnosticLog log) : IReadOnlyList<FuncInfo>
{
    public int Count => table.FunctionCount;

    public FuncInfo this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var name = "";
            try
            {
                name = table.GetName(table.GetNameOffset(index));
            }
            catch (MalformedDataException exception)
            {
                log.Add("GOSYM0103", DiagnosticSeverity.Warning, exception);
            }

            return new FuncInfo(index, name, table.EntryOf(index), table.EndOf(index));
        }
    }

    public IEnumerator<FuncInfo> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
            yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

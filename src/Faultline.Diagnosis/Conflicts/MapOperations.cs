using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>A map call site in the words of the diagnosis.</summary>
internal static class MapOperations
{
    public static AccessOperation Of(MapOperation operation) => operation switch
    {
        MapOperation.Read => AccessOperation.MapRead,
        MapOperation.Write => AccessOperation.MapWrite,
        MapOperation.Delete => AccessOperation.MapDelete,
        MapOperation.Iterate => AccessOperation.MapIterate,
        MapOperation.Clear => AccessOperation.MapClear,
        _ => AccessOperation.MapClone,
    };

    /// <summary>The frame of the programmer's line: the innermost one that does not merely carry map operations.</summary>
    public static SourceFrame UserFrame(MapCallSite site)
    {
        foreach (var frame in site.Frames)
        {
            if (!GoPackage.CarriesMapOperations(frame.Function))
                return frame;
        }

        return site.Frames.Count > 0 ? site.Frames[^1] : new SourceFrame("", "", 0, Inlined: false, site.FunctionEntry);
    }
}

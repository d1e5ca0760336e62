using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Conflicts;

/// <summary>Where the operations on channels stand in the programmer's own lines.</summary>
internal static class ChannelPlaces
{
    public static SourceFrame UserFrame(ChannelSite site)
    {
        foreach (var frame in site.Frames)
        {
            if (!GoPackage.CarriesSynchronisation(frame.Function))
                return frame;
        }

        return site.Frames.Count > 0 ? site.Frames[^1] : new SourceFrame("", "", 0, Inlined: false, site.FunctionEntry);
    }
}

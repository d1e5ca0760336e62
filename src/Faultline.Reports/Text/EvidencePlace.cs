using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>Where a piece of evidence stands, in words.</summary>
internal static class EvidencePlace
{
    /// <summary>Such as <c>crash.log:14</c> or <c>./app at 0x4a1b2c</c>.</summary>
    public static string Of(EvidenceItem item)
    {
        string place = item switch
        {
            { Line: { } line } => $":{line}",
            { Address: { } address } => $" at 0x{address:x}",
            { Offset: { } offset } => $" at byte {offset}",
            { Time: { } time } => $" at {RecorderTime.Format(time)}",
            _ => "",
        };
        return Wording.Source(item.Source) + place;
    }
}

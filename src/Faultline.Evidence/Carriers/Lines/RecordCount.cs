namespace Faultline.Evidence.Carriers.Lines;

/// <summary>How many lines were JSON records and how many only looked like it: every failure costs an exception.</summary>
internal sealed class RecordCount
{
    private long right;

    public long Broken { get; private set; }

    public bool IsWorthTrying => Broken < CarrierLimits.BrokenRecordCount || Broken < right;

    public void Add(bool isBroken)
    {
        if (isBroken)
            Broken++;
        else
            right++;
    }
}

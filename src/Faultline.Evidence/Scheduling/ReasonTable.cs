namespace Faultline.Evidence.Scheduling;

/// <summary>Wait reasons as small numbers. A hostile log can have any number of them, each of any length; the runtime has fifty short ones.</summary>
internal sealed class ReasonTable
{
    private const int LongestReason = 64;

    private readonly List<string> texts = ["another reason", ""];
    private readonly Dictionary<string, ushort> ids = new(StringComparer.Ordinal) { [""] = 1 };

    public string this[ushort id] => texts[id];

    public ushort IdOf(string text)
    {
        if (ids.TryGetValue(text, out ushort id))
            return id;
        if (texts.Count >= SchedulerLimits.ReasonCount || text.Length > LongestReason)
            return 0;
        ids.Add(text, (ushort)texts.Count);
        texts.Add(text);
        return (ushort)(texts.Count - 1);
    }
}

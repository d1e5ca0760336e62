namespace Faultline.Evidence.Carriers;

/// <summary>What can wrap the lines of a log, outermost first as far as they nest.</summary>
[Flags]
internal enum CarrierKinds
{
    None = 0,
    Utf16 = 1 << 0,
    Ansi = 1 << 1,
    Compose = 1 << 2,
    Kubectl = 1 << 3,
    Cri = 1 << 4,
    DockerJson = 1 << 5,
    JournalExport = 1 << 6,
    JournalJson = 1 << 7,
    GoTestJson = 1 << 8,
    Record = 1 << 9,
    Syslog = 1 << 10,
    Klog = 1 << 11,
    Timestamp = 1 << 12,
    Indent = 1 << 13,
    Wrap = 1 << 14,
}

/// <summary>The words for carriers.</summary>
internal static class CarrierNames
{
    private static readonly (CarrierKinds Kind, string Name)[] Names =
    [
        (CarrierKinds.Utf16, "UTF-16"),
        (CarrierKinds.Ansi, "ANSI colours"),
        (CarrierKinds.Compose, "docker compose"),
        (CarrierKinds.Kubectl, "kubectl --prefix"),
        (CarrierKinds.Cri, "kubernetes CRI"),
        (CarrierKinds.DockerJson, "docker json-file"),
        (CarrierKinds.JournalExport, "journald export"),
        (CarrierKinds.JournalJson, "journald JSON"),
        (CarrierKinds.GoTestJson, "go test -json"),
        (CarrierKinds.Record, "JSON records"),
        (CarrierKinds.Syslog, "syslog"),
        (CarrierKinds.Klog, "klog"),
        (CarrierKinds.Timestamp, "timestamps"),
        (CarrierKinds.Indent, "indentation"),
        (CarrierKinds.Wrap, "wrapped lines"),
    ];

    public static void AddTo(List<string> names, CarrierKinds kinds)
    {
        foreach ((CarrierKinds kind, string name) in Names)
        {
            if (kinds.HasFlag(kind))
                names.Add(name);
        }
    }
}

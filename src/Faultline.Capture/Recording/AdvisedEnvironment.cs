namespace Faultline.Capture.Recording;

/// <summary>The variables that make a Go program leave more behind when it dies.</summary>
public static class AdvisedEnvironment
{
    /// <summary>What has to be set, in addition to what the user has set: all goroutines in the log, and at death the goroutine that each thread ran.</summary>
    /// <param name="read">Reads a variable of the user's environment; null when it is not set.</param>
    /// <param name="asyncPreemptOff">Also keep goroutines from being interrupted in loops: they then stand where they called something.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Additions(Func<string, string?> read, bool asyncPreemptOff)
    {
        List<KeyValuePair<string, string>> additions = [];
        if (string.IsNullOrEmpty(read("GOTRACEBACK")))
            additions.Add(new("GOTRACEBACK", "all"));
        string debug = read("GODEBUG") ?? "";
        string more = debug;
        Append(ref more, "scheddetail", "1");
        if (asyncPreemptOff)
            Append(ref more, "asyncpreemptoff", "1");
        if (more != debug)
            additions.Add(new("GODEBUG", more));
        return additions;
    }

    private static void Append(ref string settings, string name, string value)
    {
        if (!settings.Split(',').Any(setting => setting.StartsWith(name + "=", StringComparison.Ordinal)))
            settings = settings.Length == 0 ? $"{name}={value}" : $"{settings},{name}={value}";
    }
}

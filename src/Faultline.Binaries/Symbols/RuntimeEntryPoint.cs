namespace Faultline.Binaries.Symbols;

/// <summary>A function that compiled code calls for something that the programmer wrote.</summary>
/// <param name="Name">Its symbol, such as <c>runtime.mapaccess1_faststr</c>.</param>
/// <param name="FirstRelease">First minor release that has it; 19 for all that are known here.</param>
/// <param name="LastRelease">Last minor release that has it; null when the newest known one has.</param>
/// <param name="Group">What it is about: <c>map</c>, <c>channel</c>, <c>lock</c> …</param>
/// <param name="StandsFor">The source that leads to a call of it, or what it does.</param>
/// <param name="Operands">What it is given.</param>
/// <param name="MayBeInlined">True when its code can stand in user functions, so that it may lack a symbol and calls of it.</param>
/// <param name="Checks">What it looks at before it does anything.</param>
/// <param name="Messages">With what it, or a function that it calls, ends the program or panics; empty when with nothing of note.</param>
public sealed record RuntimeEntryPoint(
    string Name, int FirstRelease, int? LastRelease, string Group, string StandsFor, string Operands, bool MayBeInlined, string Checks,
    IReadOnlyList<ReleaseMessage> Messages)
{
    /// <summary>True when a release has the function.</summary>
    public bool IsIn(int release) => release >= FirstRelease && (LastRelease is not { } last || release <= last);

    /// <summary>The messages of one release.</summary>
    public IEnumerable<string> MessagesIn(int release) => Messages.Where(message => message.IsIn(release)).Select(message => message.Text);
}

/// <summary>A message, or its beginning where the rest depends on the program.</summary>
/// <param name="FirstRelease">First minor release in which the function says so.</param>
/// <param name="LastRelease">Last such release; null when the newest known one says so.</param>
public sealed record ReleaseMessage(string Text, int FirstRelease, int? LastRelease)
{
    public bool IsIn(int release) => release >= FirstRelease && (LastRelease is not { } last || release <= last);
}

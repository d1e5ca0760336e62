namespace Faultline.Cli.Cores;

/// <summary>Where what a core tells is written to: a page for people, or a JSON document. Names are those of the document.</summary>
internal interface ICoreOutput
{
    void Text(string name, string? value);

    void Number(string name, long value);

    void Address(string name, ulong value);

    void Flag(string name, bool value);

    void OpenList(string name, long count);

    void OpenItem();

    void CloseItem();

    void CloseList();

    void Frames(string name, IEnumerable<ViewFrame> frames);

    void Finish();
}

/// <summary>A logical frame as it is shown.</summary>
/// <param name="File">Empty when unknown.</param>
/// <param name="Line">0 when unknown.</param>
/// <param name="Pc">Address in the process; null when unknown.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct ViewFrame(string Function, string File, int Line, ulong? Pc, bool Inlined);

using Faultline.Runtime.Goroutines;

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

    void Frames(string name, IEnumerable<StackPosition> frames);

    void Finish();
}

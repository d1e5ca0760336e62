using System.Text.Json;
using Faultline.Binaries.Code;
using Faultline.Diagnosis.Programs;

namespace Faultline.Reports.Profiles;

/// <summary>The tables that all threads of a Firefox profile share. Equal rows are one row. A row's number is its place in its dictionary: nothing is ever removed.</summary>
internal sealed class FirefoxTables
{
    public const int NoStack = -1;
    public const int NoText = -1;

    public const int OperationCategory = 4;
    public const int DeathCategory = 5;

    private const int OtherCategory = 0;
    private const int ProgramCategory = 1;
    private const int StandardCategory = 2;
    private const int RuntimeCategory = 3;

    private static readonly (string Name, string Color)[] s_categories =
        [("Other", "grey"), ("Program", "yellow"), ("Standard library", "green"), ("Runtime", "blue"), ("Operation", "purple"), ("Death", "red")];

    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _packages = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Function, string File), int> _functions = [];
    private readonly Dictionary<ProfileFrame, int> _frames = [];
    private readonly Dictionary<(int Parent, int Frame), int> _stacks = [];

    public int Text(string text) => NumberOf(_texts, text);

    /// <param name="frames">Innermost first.</param>
    public int Stack(IReadOnlyList<ProfileFrame> frames)
    {
        int stack = NoStack;
        for (int i = frames.Count - 1; i >= 0; i--)
            stack = Below(stack, frames[i]);
        return stack;
    }

    /// <summary>A stack with one more frame at its inner end.</summary>
    public int Below(int stack, ProfileFrame frame) => NumberOf(_stacks, (stack, NumberOf(_frames, frame)));

    public static void WriteCategories(Utf8JsonWriter json)
    {
        json.WriteStartArray("categories");
        foreach ((string name, string color) in s_categories)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("color", color);
            json.Column("subcategories", ["Other"]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>To be called when all else is written: rows of the tables name rows of those after them.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("shared");
        WriteStacks(json);
        WriteFrames(json);
        WriteFunctions(json);
        WriteResources(json);
        WriteSources(json);
        WriteEmpty(json, "nativeSymbols", "address", "functionSize", "libIndex", "name");
        WriteEmpty(json, "sourceLocationTable", "column", "line", "source");
        json.Column("stringArray", _texts.Keys);
        json.WriteEndObject();
    }

    private void WriteStacks(Utf8JsonWriter json)
    {
        json.WriteStartObject("stackTable");
        json.WriteNumber("length", _stacks.Count);
        json.Column("frame", _stacks.Keys.Select(stack => stack.Frame));
        json.Column("prefixOffset", _stacks.Select(stack => stack.Key.Parent == NoStack ? 0 : stack.Value - stack.Key.Parent));
        json.WriteEndObject();
    }

    private void WriteFrames(Utf8JsonWriter json)
    {
        int count = _frames.Count;
        json.WriteStartObject("frameTable");
        json.WriteNumber("length", count);
        json.Column("func", _frames.Keys.Select(frame => NumberOf(_functions, (frame.Function, frame.File))));
        json.Column("category", _frames.Keys.Select(frame => CategoryOf(frame.Function)));
        json.Column("line", _frames.Keys.Select(frame => frame.Line > 0 ? frame.Line : (int?)null));
        json.ConstantColumn("address", count, -1);
        json.ConstantColumn("subcategory", count, 0);
        json.ConstantColumn("inlineDepth", count, 0);
        json.ConstantColumn("innerWindowID", count, 0);
        json.ConstantColumn("nativeSymbol", count, null);
        json.ConstantColumn("column", count, null);
        json.ConstantColumn("originalLocation", count, null);
        json.WriteEndObject();
    }

    private void WriteFunctions(Utf8JsonWriter json)
    {
        int count = _functions.Count;
        json.WriteStartObject("funcTable");
        json.WriteNumber("length", count);
        json.Column("name", _functions.Keys.Select(function => Text(function.Function.Length == 0 ? "(unknown)" : function.Function)));
        json.Column("source", _functions.Keys.Select(function => function.File.Length == 0 ? (int?)null : NumberOf(_files, function.File)));
        json.Column("resource", _functions.Keys.Select(function => PackageOf(function.Function) is { Length: > 0 } package ? NumberOf(_packages, package) : -1));
        json.FalseColumn("isJS", count);
        json.FalseColumn("relevantForJS", count);
        json.ConstantColumn("lineNumber", count, null);
        json.ConstantColumn("columnNumber", count, null);
        json.ConstantColumn("originalLocation", count, null);
        json.WriteEndObject();
    }

    /// <summary>Go's packages stand for the libraries that the format thinks of.</summary>
    private void WriteResources(Utf8JsonWriter json)
    {
        const int Library = 1;
        int count = _packages.Count;
        json.WriteStartObject("resourceTable");
        json.WriteNumber("length", count);
        json.Column("name", _packages.Keys.Select(Text));
        json.ConstantColumn("type", count, Library);
        json.ConstantColumn("lib", count, null);
        json.ConstantColumn("host", count, null);
        json.WriteEndObject();
    }

    private void WriteSources(Utf8JsonWriter json)
    {
        int count = _files.Count;
        json.WriteStartObject("sources");
        json.WriteNumber("length", count);
        json.Column("filename", _files.Keys.Select(Text));
        json.ConstantColumn("startLine", count, 1);
        json.ConstantColumn("startColumn", count, 1);
        json.ConstantColumn("id", count, null);
        json.ConstantColumn("sourceMapURL", count, null);
        json.ConstantColumn("content", count, null);
        json.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter json, string name, params ReadOnlySpan<string> columns)
    {
        json.WriteStartObject(name);
        json.WriteNumber("length", 0);
        foreach (string column in columns)
            json.ConstantColumn(column, 0, null);
        json.WriteEndObject();
    }

    /// <summary>Null for an operation or a state, which so counts as the code that it is of.</summary>
    private static int? CategoryOf(string function)
    {
        if (IsLeaf(function))
            return null;
        if (GoPackage.IsRuntime(function))
            return RuntimeCategory;
        string package = PackageOf(function);
        if (package.Length == 0)
            return OtherCategory;
        return StandardLibrary.HasPackage(package) ? StandardCategory : ProgramCategory;
    }

    private static string PackageOf(string function) => IsLeaf(function) ? "" : GoPackage.PathOf(function).ToString();

    // A name in brackets is no function: an operation or a state.
    private static bool IsLeaf(string function) => function.StartsWith('[');

    private static int NumberOf<T>(Dictionary<T, int> rows, T row)
        where T : notnull
    {
        if (!rows.TryGetValue(row, out int number))
            rows.Add(row, number = rows.Count);
        return number;
    }
}

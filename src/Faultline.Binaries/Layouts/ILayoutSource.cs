namespace Faultline.Binaries.Layouts;

/// <summary>Something that knows struct types by their names.</summary>
internal interface ILayoutSource
{
    /// <summary>Full names of the struct types that the program declares. The first call can read much.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>A struct type by its full name; null when this source does not have it.</summary>
    StructShape? Find(string name);
}

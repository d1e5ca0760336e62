using Faultline.Binaries.Code;
using Faultline.Binaries.Layouts;
using Faultline.Binaries.Tests.Toolchains;

namespace Faultline.Binaries.Tests.Layouts;

/// <summary>The layouts of one real binary.</summary>
internal sealed class LayoutBinary : IDisposable
{
    private readonly GoBinary binary;

    public LayoutBinary(string path)
    {
        binary = GoBinary.Open(path);
        Code = new ProgramCode(binary);
        Catalog = new LayoutCatalog(Code);
    }

    public static LayoutBinary Build(int release, string variant) => new(Toolchain.Get(release).Build("layouts", BuildVariant.Get(variant)));

    public GoBinary Binary => binary;

    public ProgramCode Code { get; }

    public LayoutCatalog Catalog { get; }

    public StructShape Find(string name) => Catalog.Find(name) ?? throw new InvalidOperationException($"{name} is not in {binary.Path}");

    public void Dispose() => binary.Dispose();
}

namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>Builds <c>Programs/inlines</c> with gcc; kept only as long as the test.</summary>
public static class CProgram
{
    public static string Build(TemporaryDirectory directory, params string[] flags)
    {
        var output = Path.Combine(directory.Root, "inlines");
        ExternalTool.Run("gcc", ["-O2", .. flags, "-o", output, Path.Combine(AppContext.BaseDirectory, "Programs", "inlines", "inlines.c")]);
        return output;
    }
}

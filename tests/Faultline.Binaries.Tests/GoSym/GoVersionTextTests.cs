using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Tests.GoSym;

public sealed class GoVersionTextTests
{
    [Theory]
    [InlineData("go1.24.4", 24, "")]
    [InlineData("go1.27rc1", 27, "")]
    [InlineData("go1.25.12 X:noswissmap", 25, "noswissmap")]
    [InlineData("go1.26.11-X:goroutineleakprofile,nodwarf5", 26, "goroutineleakprofile,nodwarf5")]
    [InlineData("devel go1.24-ab12cd34 Mon Jan 1 00:00:00 2024 +0000 X:boringcrypto", 24, "boringcrypto")]
    [InlineData("devel +ab12cd34", null, "")]
    [InlineData("", null, "")]
    [InlineData("go1.99999999999999", null, "")]
    public void Versions_are_taken_apart(string version, int? release, string experiments)
    {
        Assert.Equal(release, GoVersionText.Release(version));
        Assert.Equal(experiments, string.Join(',', GoVersionText.Experiments(version)));
    }
}

namespace Faultline.Binaries.Tests.Toolchains;

/// <summary>
/// A large Go program of others, built here from its Debian source packages: the way to one that has DWARF, since what distributions ship
/// is stripped.
/// </summary>
public static class ThirdPartySource
{
    private const string Package = "github.com/nats-io/nats-server";

    private static readonly Lock FetchGate = new();

    /// <summary>The NATS server, 20 MB; null when its sources cannot be fetched.</summary>
    public static string? TryBuildNatsServer(int release)
    {
        var folder = PackageFolder.Of("nats-server-source");
        var sources = Path.Combine(folder, "usr", "share", "gocode");
        lock (FetchGate)
        {
            if (!Directory.Exists(sources) && !PackageFolder.TryUnpackDebian(
                folder, "trixie", "golang-github-nats-io-nats-server-dev", "golang-github-nats-io-jwt-dev", "golang-github-nats-io-nkeys-dev",
                "golang-github-nats-io-nuid-dev", "golang-github-klauspost-compress-dev", "golang-github-minio-highwayhash-dev",
                "golang-golang-x-crypto-dev", "golang-golang-x-sys-dev", "golang-golang-x-time-dev", "golang-uber-automaxprocs-dev"))
            {
                return null;
            }
        }

        return Toolchain.Get(release).BuildInPath(Package, sources);
    }
}

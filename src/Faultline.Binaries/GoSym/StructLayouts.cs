using System.Collections.Frozen;

namespace Faultline.Binaries.GoSym;

/// <summary>
/// Layouts of the runtime's structs for one Go release, architecture and set of experiments, from the table that was derived from
/// real toolchains. Immutable and thread-safe.
/// </summary>
public sealed class StructLayouts
{
    private readonly FrozenDictionary<string, StructLayout> _byName;

    private StructLayouts(int release, bool isExtrapolated, FrozenDictionary<string, StructLayout> byName)
    {
        Release = release;
        IsExtrapolated = isExtrapolated;
        _byName = byName;
    }

    /// <summary>The minor release that these layouts are for.</summary>
    public int Release { get; }

    /// <summary>True when the release is newer than the table: its newest layouts are a guess then.</summary>
    public bool IsExtrapolated { get; }

    public IReadOnlyCollection<StructLayout> All => _byName.Values;

    /// <summary>The layouts of a release; null when the table has none: releases before Go 1.19, 32-bit architectures.</summary>
    /// <param name="release">Minor release, 24 for go1.24.4.</param>
    /// <param name="architecture">Go's spelling, such as <c>amd64</c>.</param>
    /// <param name="experiments">Experiments of the build, as <see cref="BuildInfo.Experiments"/> has them.</param>
    public static StructLayouts? For(int release, string architecture, IReadOnlyCollection<string> experiments)
    {
        if (release < StructLayoutTable.FirstRelease || !StructLayoutTable.Architectures.Contains(architecture, StringComparer.Ordinal))
            return null;
        return new StructLayouts(release, release > StructLayoutTable.LastRelease, StructLayoutTable.Read(release, architecture, experiments));
    }

    /// <summary>The layout of a struct by its full name; null when this release has no such struct.</summary>
    public StructLayout? Find(string name) => _byName.GetValueOrDefault(name);
}

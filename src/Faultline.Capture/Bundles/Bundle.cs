using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Races;
using Faultline.Evidence.Perf.Probes;
using ZstdSharp;

namespace Faultline.Capture.Bundles;

/// <summary>
/// A bundle that is open: a folder, or an archive unpacked to a temporary one that goes with it. Only files of the names in <see cref="BundleNames"/> are
/// looked at, so an archive cannot write elsewhere.
/// </summary>
public sealed class Bundle : IDisposable
{
    private const long LargestManifest = 64L * 1024 * 1024;
    private const int MostProbes = 65_536;
    private const int MostSlices = 64;

    private readonly bool _isTemporary;

    private Bundle(string path, string folder, bool isTemporary)
    {
        Path = path;
        Folder = folder;
        _isTemporary = isTemporary;
        DiagnosticLog log = new(path);
        Manifest = ReadManifest(log);
        Diagnostics = log.Items;
    }

    /// <summary>As given.</summary>
    public string Path { get; }

    /// <summary>Where its files are.</summary>
    public string Folder { get; }

    /// <summary>Null when it is missing or broken: the rest can be read all the same.</summary>
    public BundleManifest? Manifest { get; }

    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>The recording; null when there is none.</summary>
    public string? PerfDataPath => Find(BundleNames.PerfData);

    /// <summary>The program's output; null when it was not recorded.</summary>
    public string? LogPath => Find(BundleNames.Log);

    /// <summary>Memory of the program at its fault; null when it was not kept.</summary>
    public string? CorePath => Find(BundleNames.Core);

    /// <summary>The program, or what stands for it; null when there is neither.</summary>
    public string? BinaryPath => Find(BundleNames.Binary) ?? Find(BundleNames.Symbols);

    /// <summary>The probes that were set, with their link-time addresses; those that cannot be read are left out.</summary>
    public IReadOnlyList<(ProbeName Name, ulong Address)> Probes
    {
        get
        {
            List<(ProbeName, ulong)> probes = [];
            foreach (BundleProbe probe in (Manifest?.Probes ?? []).Take(MostProbes))
            {
                if (probe?.Event is { } name && ProbeName.TryParse(name, out ProbeName parsed) && TryParseHex(probe.Address, out ulong address))
                    probes.Add((parsed, address));
            }

            return probes;
        }
    }

    /// <summary>Those of them that fetched slice headers; the ones that cannot be read are left out.</summary>
    public IReadOnlyList<SliceProbe> SliceProbes
    {
        get
        {
            List<SliceProbe> probes = [];
            foreach (BundleProbe probe in (Manifest?.Probes ?? []).Take(MostProbes))
            {
                if (probe is { Slices: { Count: > 0 } slices, Function: { } function, Place: { } place } && TryParseHex(probe.Address, out ulong address)
                    && int.TryParse(place.AsSpan(place.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int line)
                    && slices.All(slice => slice is { Name: not null, ElementSize: > 0 }))
                    probes.Add(new SliceProbe(address, function, line, [.. slices.Take(MostSlices).Select(slice => (slice.Name, slice.ElementSize))]));
            }

            return probes;
        }
    }

    /// <summary>What to add to link-time addresses; null when it was not seen.</summary>
    public ulong? LoadBias => TryParseHex(Manifest?.Program?.LoadBias, out ulong bias) ? bias : null;

    /// <summary>True for a folder with a manifest or a recording, and for an archive by its first bytes and its name.</summary>
    public static bool IsBundle(string path) =>
        Directory.Exists(path)
            ? File.Exists(System.IO.Path.Combine(path, BundleNames.Manifest)) || File.Exists(System.IO.Path.Combine(path, BundleNames.PerfData))
            : path.EndsWith(".tar.zst", StringComparison.Ordinal) && File.Exists(path);

    /// <summary>Opens a folder or an archive.</summary>
    /// <exception cref="MalformedDataException">The archive is none, is damaged, or unpacks to more than it may.</exception>
    /// <exception cref="IOException">It cannot be read, or there is no room to unpack it.</exception>
    public static Bundle Open(string path)
    {
        if (Directory.Exists(path))
            return new Bundle(path, path, isTemporary: false);
        string folder = Directory.CreateTempSubdirectory("faultline-bundle-").FullName;
        try
        {
            Unpack(path, folder);
            return new Bundle(path, folder, isTemporary: true);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public void Dispose()
    {
        if (_isTemporary)
            Directory.Delete(Folder, recursive: true);
    }

    private static void Unpack(string path, string folder)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        UnpackBudget budget = new(path, file.Length);
        try
        {
            using DecompressionStream unpacked = new(file);
            using TarReader tar = new(unpacked);
            while (tar.GetNextEntry() is { } entry)
            {
                budget.TakeEntry();
                string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !BundleNames.All.Contains(name, StringComparer.Ordinal) || entry.DataStream is not { } content)
                    continue;
                using FileStream target = new(System.IO.Path.Combine(folder, name), FileMode.Create, FileAccess.Write);
                budget.Copy(content, target);
            }
        }
        catch (Exception error) when (error is InvalidDataException or ZstdException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new MalformedDataException(path, 0, "archive", "it is no tar archive that was packed with Zstandard, or it is damaged");
        }
    }

    private BundleManifest? ReadManifest(DiagnosticLog log)
    {
        if (Find(BundleNames.Manifest) is not { } path)
        {
            log.Add("BUNDLE0001", DiagnosticSeverity.Warning, null, "the manifest is missing: the recording and the log are read without it");
            return null;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read);
        try
        {
            if (file.Length <= LargestManifest && JsonSerializer.Deserialize(file, BundleJson.Written.BundleManifest) is { Schema: BundleManifest.CurrentSchema } manifest)
                return manifest;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            // Said below.
        }

        log.Add("BUNDLE0002", DiagnosticSeverity.Warning, null, $"the manifest is no document of {BundleManifest.CurrentSchema}: the recording and the log are read without it");
        return null;
    }

    private string? Find(string name)
    {
        string path = System.IO.Path.Combine(Folder, name);
        return File.Exists(path) ? path : null;
    }

    private static bool TryParseHex(string? text, out ulong value)
    {
        value = 0;
        return text is not null && text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}

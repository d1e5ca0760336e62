using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Recordings;

/// <summary>The binary as the processes of a recording had it mapped. Without a binary every question has the absent answer.</summary>
/// <param name="loadBias">For processes of which no mapping was recorded; null when unknown.</param>
internal sealed class RecordedProgram(GoBinary? binary, ulong? loadBias = null)
{
    private const int MostCached = 1 << 16;
    private const ulong PageSize = 4096;
    private readonly Dictionary<int, ulong> _biases = [];
    private readonly Dictionary<ulong, bool> _isMapCode = [];

    /// <summary>Minor version of Go; null when unknown.</summary>
    public int? Release => binary?.BuildInfo?.Release;

    /// <summary>
    /// Takes note of code that a process mapped. It is the binary's when the file has its name, or when place and size in the file are those of its code:
    /// the symbols of a bundle are a file of another name.
    /// </summary>
    public void AddMapping(int processId, ulong startAddress, ulong size, ulong fileOffset, string path)
    {
        if (binary is null || _biases.ContainsKey(processId))
            return;
        var isNamed = Path.GetFileName(path).Equals(Path.GetFileName(binary.Path), StringComparison.Ordinal);
        foreach (var segment in binary.Elf.ProgramHeaders)
        {
            if (segment.Type != ElfSegmentType.Load || !segment.Permissions.HasFlag(ElfSegmentPermissions.Execute))
                continue;
            // The kernel maps whole pages.
            var lead = segment.Address % PageSize;
            var isWhole = (ulong)segment.Offset - lead == fileOffset && (lead + segment.FileSize + PageSize - 1) / PageSize * PageSize == size;
            if (isWhole || isNamed && (ulong)segment.Offset >= fileOffset && (ulong)segment.Offset - fileOffset < size)
            {
                _biases[processId] = startAddress + ((ulong)segment.Offset - fileOffset) - segment.Address;
                return;
            }
        }
    }

    /// <summary>Forgets a process: another program runs under its number.</summary>
    public void Forget(int processId) => _biases.Remove(processId);

    /// <summary>Difference between the addresses of a process and those of the binary; null when it cannot be told.</summary>
    public ulong? BiasOf(int processId)
        => binary is null ? null : !binary.IsPositionIndependent ? 0 : _biases.TryGetValue(processId, out ulong bias) ? bias : loadBias;

    /// <summary>True when the process mapped code of the binary.</summary>
    public bool IsMapped(int processId) => _biases.ContainsKey(processId);

    /// <summary>True for return addresses inside the map implementation.</summary>
    public bool IsMapCode(int processId, ulong returnAddress)
    {
        if (BiasOf(processId) is not { } bias)
            return false;
        ulong address = returnAddress - bias;
        if (_isMapCode.TryGetValue(address, out bool known))
            return known;
        bool isMapCode = binary!.TryFindFunction(address - 1, out var function) && GoPackage.IsRuntime(function.Name);
        if (_isMapCode.Count < MostCached)
            _isMapCode.Add(address, isMapCode);
        return isMapCode;
    }
}

using System.Buffers.Binary;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code;

/// <summary>The functions of a binary as the code analyses ask for them: by address, with their roles.</summary>
internal sealed class FunctionMap
{
    private readonly GoBinary binary;
    private readonly FuncInfo[] functions;
    private readonly ulong[] entries;
    private readonly RuntimeRole[] roles;
    private readonly bool[] isMapImplementation;

    public FunctionMap(GoBinary binary)
    {
        this.binary = binary;
        functions = [.. binary.Functions];
        entries = new ulong[functions.Length];
        roles = new RuntimeRole[functions.Length];
        isMapImplementation = new bool[functions.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            FuncInfo function = functions[i];
            entries[i] = function.Entry;
            roles[i] = RuntimeRoles.Of(function.Name);
            isMapImplementation[i] = MapEntryPoints.IsImplementation(function.Name);
            End = Math.Max(End, function.End);
        }
        Start = entries.Length == 0 ? 0 : entries[0];
    }

    public int Count => entries.Length;

    /// <summary>Address of the first function.</summary>
    public ulong Start { get; }

    /// <summary>End of the last function.</summary>
    public ulong End { get; }

    public FuncInfo this[int index] => functions[index];

    /// <summary>The role of a function; none for an index below 0.</summary>
    public RuntimeRole RoleOf(int index) => index >= 0 ? roles[index] : RuntimeRole.None;

    public RuntimeRole RoleAt(ulong address) => RoleOf(IndexAt(address));

    /// <summary>True for functions of the runtime (<see cref="MapEntryPoints.IsImplementation"/>); false for an index below 0.</summary>
    public bool IsMapImplementation(int index) => index >= 0 && isMapImplementation[index];

    public bool Contains(ulong address) => address >= Start && address < End;

    /// <summary>Index of the function that holds an address; -1 when none does.</summary>
    public int IndexAt(ulong address)
    {
        if (!Contains(address))
            return -1;
        int index = Array.BinarySearch(entries, address);
        index = index >= 0 ? index : ~index - 1;
        return index >= 0 && address < functions[index].End ? index : -1;
    }

    /// <summary>Index of the function that starts at an address; -1 when none does.</summary>
    public int IndexOfEntry(ulong address) => Contains(address) && Array.BinarySearch(entries, address) is >= 0 and var index ? index : -1;

    public ulong? ReadWord(ulong address)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        return binary.Read(address, word) == word.Length ? BinaryPrimitives.ReadUInt64LittleEndian(word) : null;
    }
}

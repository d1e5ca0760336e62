using System.Globalization;
using Faultline.Binaries.Code.Appends;
using Faultline.Binaries.Elf;

namespace Faultline.Binaries.Code;

/// <summary>
/// What the analyses of one binary share: the functions, the linear scan, and the flows of the functions that were asked about.
/// Not thread-safe beyond its lazy parts; <see cref="ProgramCode"/> guards it with a lock.
/// </summary>
internal sealed class CodeModel
{
    private const ulong VariableReach = 128;

    private readonly Dictionary<int, FunctionFlow> flows = [];
    private readonly FunctionDecoder decoder;
    private readonly FlowContext context;
    private readonly Lazy<IReadOnlyList<InterfaceTable>> interfaceTables;
    private readonly Lazy<HashSet<int>> interfaceMethods;
    private readonly Dictionary<int, int> parameterCounts = [];
    private readonly Dictionary<int, int> resultLimits = [];
    private readonly Dictionary<int, (string, ulong)?> receivers = [];
    private readonly Dictionary<FunctionValue, PointerReach> reaches = [];
    private readonly Dictionary<string, IReadOnlyList<int>> around = new(StringComparer.Ordinal);
    private readonly Lazy<Packages> packages;
    private readonly Lazy<DataReference[]> sortedReferences;

    public CodeModel(GoBinary binary)
    {
        Binary = binary;
        Functions = new FunctionMap(binary);
        Scan = CodeScan.Run(binary, Functions);
        Callers = new CallerIndex(Functions, Scan);
        interfaceTables = new(() => Code.InterfaceTables.Find(binary, Functions, Scan));
        interfaceMethods = new(() => [.. InterfaceTables.SelectMany(table => table.Methods)]);
        packages = new(() => new Packages(Functions));
        sortedReferences = new(() => [.. Scan.DataReferences.Order(DataReferenceOrder.Instance)]);
        Structs = new StructTypes(binary, Scan);
        decoder = new FunctionDecoder(binary);
        context = new FlowContext(
            Functions.RoleAt,
            address => Functions.IndexAt(address) is >= 0 and var index ? Functions[index].Name : "",
            address => Functions.IndexAt(address) is >= 0 and var index ? Functions[index].Entry : 0,
            address => Functions.IndexAt(address) is >= 0 and var index && ParameterCountOf(index) >= AbiRegisters.ArgumentCount,
            address => binary.FindType(address) is { } type ? (long)Math.Min(type.Size, int.MaxValue) : 0,
            Functions.ReadWord);
    }

    public GoBinary Binary { get; }

    /// <summary>False where the data flow within functions is not followed; every flow is then empty and says so.</summary>
    public bool IsFollowed => Binary.Architecture is "amd64";

    public FunctionMap Functions { get; }

    public CodeScan Scan { get; }

    public CallerIndex Callers { get; }

    public StructTypes Structs { get; }

    public Packages Packages => packages.Value;

    /// <summary>Functions that handle values of a named type: those of its package, and those that name its descriptor.</summary>
    public IReadOnlyList<int> FunctionsAround(string typeKey, ulong descriptor)
    {
        if (!around.TryGetValue(typeKey, out IReadOnlyList<int>? functions))
        {
            IEnumerable<int> users = descriptor == 0 ? [] : UsersOfData(descriptor);
            around.Add(typeKey, functions = [.. Packages.FunctionsOf(MethodSymbol.PackageOf(typeKey)).Union(users)]);
        }
        return functions;
    }

    /// <summary>A data address for the reader: symbol and offset, or the bare address when stripped.</summary>
    public string NameOfData(ulong address)
    {
        if (!Binary.Elf.Symbols.TryFind(address, ElfSymbolType.Object, out ElfSymbol symbol))
            return Binary.FindDataSymbol(address) ?? string.Create(CultureInfo.InvariantCulture, $"global 0x{address:x}");
        string name = Binary.Elf.Symbols.GetName(symbol);
        return address == symbol.Address ? name : string.Create(CultureInfo.InvariantCulture, $"{name}+{address - symbol.Address}");
    }

    public IReadOnlyList<InterfaceTable> InterfaceTables => interfaceTables.Value;

    /// <summary>
    /// True when a function can be called other than by the direct calls in the code: through a func value, an interface or reflection.
    /// Every exported method counts, because interface tables are also made at run time.
    /// </summary>
    public bool HasUnknownCallers(int function) =>
        Callers.MentionsOf(function).Length > 0 || interfaceMethods.Value.Contains(function)
        || (MethodSymbol.IsExportedMethod(Functions[function].Name) && ReceiverOf(function) is not { Descriptor: 0 });

    /// <summary>
    /// The type of a method's pointer receiver: its key, and its descriptor. A type without a descriptor in the binary is never put into an
    /// interface, so its methods are called directly only. Null for other functions.
    /// </summary>
    public (string Key, ulong Descriptor)? ReceiverOf(int function)
    {
        if (!receivers.TryGetValue(function, out (string Key, ulong Descriptor)? receiver))
        {
            receiver = MethodSymbol.TryGetPointerReceiver(Functions[function].Name, out string key) ? (key, Structs.FindByKey(key)) : null;
            receivers.Add(function, receiver);
        }
        return receiver;
    }

    /// <summary>Functions that name a data address.</summary>
    public IEnumerable<int> UsersOfData(ulong address)
    {
        DataReference[] references = sortedReferences.Value;
        int index = Array.BinarySearch(references, new DataReference(address, -1), DataReferenceOrder.Instance);
        for (int i = index >= 0 ? index : ~index, last = -1; i < references.Length && references[i].Target == address; i++)
        {
            if (references[i].User != last)
                yield return last = references[i].User;
        }
    }

    /// <summary>
    /// Functions that name the package-level variable around an address, at the address or before it: they can come to it by adding to a
    /// pointer. Without symbols a variable is taken to start at most <see cref="VariableReach"/> bytes before.
    /// </summary>
    public IReadOnlyCollection<int> UsersOfVariable(ulong address)
    {
        ulong start = Binary.Elf.Symbols.TryFind(address, ElfSymbolType.Object, out ElfSymbol symbol) ? symbol.Address : address - Math.Min(address, VariableReach);
        var users = new HashSet<int>();
        foreach (ulong named in DataNamedIn(start, address + 1))
            users.UnionWith(UsersOfData(named));
        return users;
    }

    /// <summary>Data addresses that code names in <c>[start, end)</c>, ascending.</summary>
    public IEnumerable<ulong> DataNamedIn(ulong start, ulong end)
    {
        DataReference[] references = sortedReferences.Value;
        int index = Array.BinarySearch(references, new DataReference(start, -1), DataReferenceOrder.Instance);
        ulong last = 0;
        for (int i = index >= 0 ? index : ~index; i < references.Length && references[i].Target < end; i++)
        {
            if (references[i].Target != last)
                yield return last = references[i].Target;
        }
    }

    /// <summary>True for data that the program cannot change: it has no write permission, or loses it after relocation.</summary>
    public bool IsReadOnly(ulong address)
    {
        foreach (ElfSection section in Binary.Elf.Sections)
        {
            if (section.IsAllocated && section.Holds(address))
                return !section.IsWritable || section.Name.StartsWith(".data.rel.ro", StringComparison.Ordinal);
        }
        return false;
    }

    /// <summary>Where a value goes, remembered.</summary>
    public PointerReach ReachOf(PointerFlow pointers, int function, int value)
    {
        var key = new FunctionValue(function, value);
        if (!reaches.TryGetValue(key, out PointerReach? reach))
            reaches.Add(key, reach = pointers.Follow(function, value));
        return reach;
    }

    /// <summary>How many argument registers a function takes at most.</summary>
    public int ParameterCountOf(int function)
    {
        if (!parameterCounts.TryGetValue(function, out int count))
            parameterCounts.Add(function, count = ParameterCounts.Read(Binary, Functions[function]));
        return count;
    }

    /// <summary>A function's instructions in blocks, read anew on each call.</summary>
    public FunctionBody ReadBody(int function) => IsFollowed
        ? FunctionBody.Parse(Functions[function], decoder, context)
        : FunctionBody.ParseArm64(Functions[function], Binary, context);

    /// <summary>How many results a function has at most.</summary>
    public int ResultLimitOf(int function)
    {
        if (!resultLimits.TryGetValue(function, out int limit))
            resultLimits.Add(function, limit = ResultLimits.Of(this, function));
        return limit;
    }

    /// <summary>Bytes of code whose flow was followed so far: what questions have cost.</summary>
    public long FollowedSize { get; private set; }

    /// <summary>What a function touches behind pointers, with the value numbers of <see cref="FlowOf"/>; found anew on each call, nothing where flows are not followed.</summary>
    public IReadOnlyList<MemoryTouch> FindTouches(int function)
    {
        if (!IsFollowed)
            return [];
        var touches = new List<MemoryTouch>();
        Keep(function, FunctionFlow.Analyse(ReadBody(function), StackObjectReader.Read(Binary, Functions[function]), context, touches));
        return touches;
    }

    public FunctionFlow FlowOf(int function)
    {
        if (flows.TryGetValue(function, out FunctionFlow? flow))
            return flow;
        flow = FunctionFlow.Analyse(ReadBody(function), StackObjectReader.Read(Binary, Functions[function]), context);
        Keep(function, flow);
        return flow;
    }

    private void Keep(int function, FunctionFlow flow)
    {
        if (flows.TryAdd(function, flow))
            FollowedSize += (long)(Functions[function].End - Functions[function].Entry);
    }

    /// <summary>The flow of a function and its accesses to memory, which are not kept.</summary>
    public (FunctionFlow Flow, IReadOnlyList<MemoryAccess> Accesses) AccessesOf(int function)
    {
        var accesses = new List<MemoryAccess>();
        FunctionFlow flow = FunctionFlow.Analyse(ReadBody(function), StackObjectReader.Read(Binary, Functions[function]), context, accesses: accesses);
        if (!flows.TryAdd(function, flow))
        {
            // Others know the values of the flow that is kept, which lacks those that only accesses have.
            FunctionFlow kept = flow = flows[function];
            accesses.RemoveAll(access => access.Target >= kept.Values.Count || access.Pointer >= kept.Values.Count);
        }
        return (flow, accesses);
    }
}

/// <summary>Orders references by address, then by the function that has them.</summary>
internal sealed class DataReferenceOrder : IComparer<DataReference>
{
    public static DataReferenceOrder Instance { get; } = new();

    public int Compare(DataReference x, DataReference y) => x.Target != y.Target ? x.Target.CompareTo(y.Target) : x.User.CompareTo(y.User);
}

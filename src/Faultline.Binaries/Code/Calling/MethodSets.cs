using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Calling;

/// <summary>
/// The methods of the program's types, and so which functions a call through an interface can run: those of every type that has all methods of the interface, whether or not
/// the code shows such a value. Methods that the linker left out, because nothing calls them, are in none. Built from type descriptors alone, so stripped binaries have them too.
/// </summary>
internal sealed class MethodSets
{
    private readonly CodeModel model;
    private readonly TypeMethods reader;
    private readonly Dictionary<ulong, InterfaceMethods> interfaces = [];
    private readonly Dictionary<string, List<InterfaceMethods>> interfacesByMethod = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<(int Type, string Method)>> methodsOf = [];
    private readonly List<Dictionary<string, int>> types = [];
    private readonly Dictionary<(ulong Interface, int Slot), IReadOnlyList<int>> implementations = [];
    private readonly Dictionary<string, List<int>> typesByMethod = new(StringComparer.Ordinal);
    private readonly Dictionary<int, HashSet<int>> slotsOf = [];

    public MethodSets(CodeModel model)
    {
        this.model = model;
        reader = new TypeMethods(model.Binary);
        Collect();
    }

    /// <summary>The interface type at an address; null when there is none.</summary>
    public InterfaceMethods? FindInterface(ulong address)
    {
        if (interfaces.TryGetValue(address, out InterfaceMethods? known))
            return known;
        if (model.Binary.FindType(address) is not { Kind: GoKind.Interface } type)
            return null;
        InterfaceMethods found = new(address, type.Name, reader.NamesOf(address));
        interfaces.Add(address, found);
        return found;
    }

    /// <summary>True when a function is a method that calls through interfaces can run.</summary>
    public bool IsMethod(int function) => methodsOf.ContainsKey(function);

    /// <summary>True when a call of the method at a place of an interface can run a function.</summary>
    public bool CanRun(InterfaceMethods called, int slot, int function) => slot < called.Methods.Count && MethodsOf(function).Any(method =>
        string.Equals(method.Method, called.Methods[slot], StringComparison.Ordinal) && Implements(types[method.Type], called));

    /// <summary>The places at which some interface of the program has a method that is this function.</summary>
    public IReadOnlySet<int> SlotsOf(int function)
    {
        if (slotsOf.TryGetValue(function, out HashSet<int>? slots))
            return slots;
        slotsOf.Add(function, slots = []);
        foreach ((int type, string method) in MethodsOf(function))
        {
            foreach (InterfaceMethods candidate in interfacesByMethod.GetValueOrDefault(method) ?? [])
            {
                if (Implements(types[type], candidate))
                    slots.Add(SlotOf(candidate, method));
            }
        }

        return slots;
    }

    /// <summary>The functions that a call of the method at a place of an interface can run, without duplicates.</summary>
    public IReadOnlyList<int> Implementations(InterfaceMethods called, int slot)
    {
        if (implementations.TryGetValue((called.Address, slot), out IReadOnlyList<int>? known))
            return known;
        var found = new HashSet<int>();
        if (slot < called.Methods.Count)
        {
            foreach (int type in typesByMethod.GetValueOrDefault(called.Methods[slot]) ?? [])
            {
                if (Implements(types[type], called))
                    found.Add(types[type][called.Methods[slot]]);
            }
        }

        return implementations[(called.Address, slot)] = [.. found];
    }

    private static int SlotOf(InterfaceMethods called, string method)
    {
        for (int slot = 0; slot < called.Methods.Count; slot++)
        {
            if (string.Equals(called.Methods[slot], method, StringComparison.Ordinal))
                return slot;
        }

        return -1;
    }

    private static bool Implements(Dictionary<string, int> type, InterfaceMethods called) => called.Methods.Count > 0 && called.Methods.All(type.ContainsKey);

    private List<(int Type, string Method)> MethodsOf(int function) => methodsOf.GetValueOrDefault(function) ?? [];

    /// <summary>Types that code or the program's own list names, and those that they lead to.</summary>
    private void Collect()
    {
        if (model.Binary.Moduledata is not { } module)
            return;
        var seen = new HashSet<ulong>();
        var pending = new Stack<ulong>();
        void Visit(ulong address)
        {
            if (address >= module.Types && address < module.EndOfTypes && seen.Add(address))
                pending.Push(address);
        }

        foreach (DataReference reference in model.Scan.DataReferences)
            Visit(reference.Target);
        foreach (GoType listed in model.Binary.EnumerateTypes())
            Visit(listed.Address);
        foreach (InterfaceTable table in model.InterfaceTables)
        {
            Visit(table.Interface.Address);
            Visit(table.Concrete.Address);
        }

        while (pending.TryPop(out ulong address))
        {
            if (model.Binary.FindType(address) is not { } type)
                continue;
            foreach (ulong next in reader.Related(type))
                Visit(next);
            if (type.Kind == GoKind.Interface)
                AddInterface(FindInterface(address)!);
            else
                AddMethods(type);
        }
    }

    private void AddInterface(InterfaceMethods found)
    {
        foreach (string method in found.Methods)
        {
            if (!interfacesByMethod.TryGetValue(method, out List<InterfaceMethods>? list))
                interfacesByMethod.Add(method, list = []);
            list.Add(found);
        }
    }

    private void AddMethods(GoType type)
    {
        var methods = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string name, ulong entry) in reader.MethodsOf(type))
        {
            // A method that was left out still counts as there: the type has it.
            methods[name] = model.Functions.IndexOfEntry(entry);
        }

        if (methods.Count == 0)
            return;
        int number = types.Count;
        types.Add(methods);
        foreach ((string name, int function) in methods)
        {
            if (function < 0)
                continue;
            if (!methodsOf.TryGetValue(function, out List<(int Type, string Method)>? list))
                methodsOf.Add(function, list = []);
            list.Add((number, name));
            if (!typesByMethod.TryGetValue(name, out List<int>? having))
                typesByMethod.Add(name, having = []);
            having.Add(number);
        }
    }
}

namespace Faultline.Binaries.Code;

/// <summary>What a function of the runtime means to the code that calls it.</summary>
internal enum RuntimeRole : byte
{
    /// <summary>An ordinary function.</summary>
    None,

    /// <summary>A map operation (<see cref="MapEntryPoints"/>).</summary>
    MapOperation,

    /// <summary>Makes a map and returns it.</summary>
    MakeMap,

    /// <summary><c>runtime.newobject(type)</c>.</summary>
    NewObject,

    /// <summary><c>runtime.mallocgc(size, type, zero)</c> and its size-class variants, which Go 1.26 and later call directly.</summary>
    Malloc,

    /// <summary>Makes or grows an array: <c>makeslice(type, …)</c>, <c>growslice</c>, <c>newarray</c>.</summary>
    MakeArray,

    /// <summary>Starts a goroutine: <c>runtime.newproc(closure)</c>.</summary>
    StartGoroutine,

    /// <summary>Never returns: panics, throws, and the stack growth at a function's end, which starts the function again.</summary>
    NoReturn,

    /// <summary>Go 1.21 and later: saves registers and returns a buffer in r11 into which the caller stores the pointers.</summary>
    WriteBarrierBuffer,

    /// <summary>Go 1.20 and earlier: performs the store <c>[rdi] = register</c> itself.</summary>
    WriteBarrierStore,

    /// <summary>Fills memory at rdi.</summary>
    DuffZero,

    /// <summary>Copies memory from rsi to rdi.</summary>
    DuffCopy,

    /// <summary>Copies a value: <c>typedmemmove(type, to, from)</c> and <c>wbMove</c>, which goes before a copy in the open.</summary>
    Move,

    /// <summary>Takes addresses but keeps and changes nothing behind them: race detector marks, pointer checks, prints, map iteration.</summary>
    Harmless,
}

/// <summary>The roles of functions, by symbol name.</summary>
internal static class RuntimeRoles
{
    public static RuntimeRole Of(string name)
    {
        if (MapEntryPoints.TryFind(name, out _))
            return RuntimeRole.MapOperation;
        if (name.StartsWith("internal/runtime/maps.", StringComparison.Ordinal))
            return InSwissMaps(name["internal/runtime/maps.".Length..]);
        return name.StartsWith("runtime.", StringComparison.Ordinal) ? InRuntime(name["runtime.".Length..]) : RuntimeRole.None;
    }

    private static RuntimeRole InSwissMaps(string name) => name switch
    {
        "NewMap" or "NewEmptyMap" => RuntimeRole.MakeMap,
        "fatal" => RuntimeRole.NoReturn,
        _ => RuntimeRole.None,
    };

    private static RuntimeRole InRuntime(string name)
    {
        if (name.EndsWith(".abi0", StringComparison.Ordinal))
            name = name[..^".abi0".Length];
        if (name.StartsWith("goPanic", StringComparison.Ordinal) || name.StartsWith("panic", StringComparison.Ordinal)
            || name.StartsWith("morestack", StringComparison.Ordinal))
            return RuntimeRole.NoReturn;
        if (name.StartsWith("gcWriteBarrier", StringComparison.Ordinal))
            return name.Length > "gcWriteBarrier".Length && char.IsAsciiDigit(name[^1]) && name[^2] == 'r'
                ? RuntimeRole.WriteBarrierBuffer
                : RuntimeRole.WriteBarrierStore;
        if (name.StartsWith("mallocgc", StringComparison.Ordinal))
            return RuntimeRole.Malloc;
        if (name.StartsWith("race", StringComparison.Ordinal) || name.StartsWith("checkptr", StringComparison.Ordinal)
            || name.StartsWith("print", StringComparison.Ordinal) || name.StartsWith("msan", StringComparison.Ordinal)
            || name.StartsWith("asan", StringComparison.Ordinal))
            return RuntimeRole.Harmless;
        return name switch
        {
            "makemap" or "makemap64" or "makemap_small" => RuntimeRole.MakeMap,
            "newobject" => RuntimeRole.NewObject,
            "makeslice" or "makeslice64" or "growslice" or "newarray" or "makeslicecopy" => RuntimeRole.MakeArray,
            "newproc" => RuntimeRole.StartGoroutine,
            "gopanic" or "throw" or "fatal" or "fatalthrow" or "fatalpanic" or "sigpanic" or "goexit0" or "block" or "abort" => RuntimeRole.NoReturn,
            "typedmemmove" or "wbMove" => RuntimeRole.Move,
            "duffzero" => RuntimeRole.DuffZero,
            "duffcopy" => RuntimeRole.DuffCopy,
            "memequal" or "memhash" or "strhash" or "memclrNoHeapPointers" or "rand" or "fastrand" or "rand32" or "cheaprand"
                or "convT" or "convTnoptr" or "chansend1" or "selectnbsend" or "efaceeq" or "ifaceeq" or "typehash" or "interhash" or "nilinterhash" or "deferreturn" or "gorecover" or "concatstrings" => RuntimeRole.Harmless,
            _ => RuntimeRole.None,
        };
    }
}

namespace Faultline.Runtime.Unwinding;

/// <summary>Tells the functions of the runtime that stacks do not simply pass through, by name: their numbers (<c>funcID</c>) drift between releases.</summary>
internal static class FrameRules
{
    /// <summary><c>abi.FuncFlagTopFrame</c></summary>
    private const byte TopFrame = 1;

    /// <summary><c>abi.FuncFlagSPWrite</c></summary>
    private const byte WritesStackPointer = 2;

    /// <summary>The rule of a function, where it is not on its caller's stack any more if it is one of those that change stacks.</summary>
    public static FrameRule Find(ReadOnlySpan<byte> name, byte flags)
    {
        var rule = ByName(name);
        if (rule != FrameRule.Unknown)
            return rule;
        if ((flags & TopFrame) != 0)
            return FrameRule.Top;
        return (flags & WritesStackPointer) != 0 ? FrameRule.Elsewhere : FrameRule.Table;
    }

    public static bool ChangesStack(FrameRule rule) => rule >= FrameRule.SystemStack;

    private static FrameRule ByName(ReadOnlySpan<byte> name)
    {
        // The assembler leaves the package out of names that only one file sees.
        if (name.SequenceEqual("gogo"u8))
            return FrameRule.Gogo;
        if (!name.StartsWith("runtime."u8))
            return FrameRule.Unknown;
        name = name["runtime."u8.Length..];

        // Linkers that keep both calling conventions of a function apart mark one of them.
        if (name.EndsWith(".abi0"u8))
            name = name[..^".abi0"u8.Length];
        return name switch
        {
            _ when name.SequenceEqual("sigpanic"u8) || name.SequenceEqual("sigpanic0"u8) => FrameRule.Injected,
            _ when name.SequenceEqual("asyncPreempt"u8) || name.SequenceEqual("debugCallV2"u8) => FrameRule.Injected,
            _ when name.SequenceEqual("schedule"u8) => FrameRule.Schedule,
            _ when name.SequenceEqual("clone"u8) => FrameRule.Clone,
            _ when name.SequenceEqual("sigtramp"u8) || name.SequenceEqual("cgoSigtramp"u8) => FrameRule.SignalEntry,
            _ when name.SequenceEqual("sigreturn"u8) || name.SequenceEqual("sigreturn__sigaction"u8) => FrameRule.SignalReturn,
            _ when name.SequenceEqual("systemstack"u8) => FrameRule.SystemStack,
            _ when name.SequenceEqual("morestack"u8) => FrameRule.MoreStack,
            _ when name.SequenceEqual("mcall"u8) => FrameRule.Mcall,
            _ when name.SequenceEqual("asmcgocall"u8) => FrameRule.AsmCgoCall,
            _ when name.SequenceEqual("gogo"u8) => FrameRule.Gogo,

            // It writes the stack pointer, but both stacks have its frame, so that the tables hold throughout.
            _ when name.SequenceEqual("cgocallback"u8) => FrameRule.Table,
            _ => FrameRule.Unknown,
        };
    }
}

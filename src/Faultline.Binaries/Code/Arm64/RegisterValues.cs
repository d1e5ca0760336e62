using System.Runtime.InteropServices;

namespace Faultline.Binaries.Code.Arm64;

internal enum RegisterValueKind : byte
{
    Unknown,

    /// <summary>An address known from the code alone.</summary>
    Address,

    /// <summary>The page of an address, between <c>ADRP</c> and what completes it.</summary>
    Page,

    /// <summary>An offset from the stack pointer.</summary>
    Frame,

    /// <summary>The new object that the call at an address returned.</summary>
    Object,

    /// <summary>The word at an offset from some object.</summary>
    Loaded,
}

/// <summary>What a register is known to hold.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RegisterValue(RegisterValueKind Kind, ulong Payload);

/// <summary>The registers x0 to x30 at one place of a function.</summary>
internal sealed class RegisterValues
{
    public const int Count = 31;

    private readonly RegisterValue[] values = new RegisterValue[Count];

    /// <summary>The value of a register; unknown for number 31.</summary>
    public RegisterValue this[int register]
    {
        get => register < Count ? values[register] : default;
        set
        {
            if (register < Count)
                values[register] = value;
        }
    }

    public void Clear() => Array.Clear(values);

    public void Forget(uint registers)
    {
        for (int register = 0; register < Count; register++)
        {
            if ((registers & (1u << register)) != 0)
                values[register] = default;
        }
    }

    public RegisterValues Copy()
    {
        var copy = new RegisterValues();
        copy.CopyFrom(this);
        return copy;
    }

    public void CopyFrom(RegisterValues other) => other.values.CopyTo(values, 0);

    /// <summary>Keeps what both agree on; true when that changed this one.</summary>
    public bool Meet(RegisterValues other)
    {
        bool hasChanged = false;
        for (int register = 0; register < Count; register++)
        {
            if (values[register].Kind == RegisterValueKind.Unknown || values[register] == other.values[register])
                continue;
            values[register] = default;
            hasChanged = true;
        }

        return hasChanged;
    }
}

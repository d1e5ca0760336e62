namespace Faultline.Evidence.Tracebacks;

/// <summary>Kinds of the items between a frame's parentheses.</summary>
public enum ArgumentKind
{
    /// <summary>A number, see <see cref="Argument.Value"/>.</summary>
    Value,

    /// <summary><c>{</c></summary>
    Open,

    /// <summary><c>}</c></summary>
    Close,

    /// <summary><c>...</c>: more follows that was not printed.</summary>
    More,

    /// <summary><c>_</c>: not printable.</summary>
    Unavailable,
}

/// <summary>One printed item of a frame's arguments.</summary>
/// <param name="Kind">What the item is.</param>
/// <param name="Value">The number of a <see cref="ArgumentKind.Value"/>; 0 otherwise.</param>
/// <param name="IsStale">Marked <c>?</c>: the register may have been overwritten, so it never counts as an address by itself.</param>
public readonly record struct Argument(ArgumentKind Kind, ulong Value, bool IsStale);

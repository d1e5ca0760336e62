using System.Runtime.InteropServices;

namespace Faultline.Diagnosis.Sharing;

/// <summary>A cache line of a process in which different goroutines, or threads, touched different objects.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="ProcessId">The process; 0 for that of a memory.</param>
/// <param name="Objects">In the order of their addresses.</param>
public sealed record SeenLine(ulong Address, int ProcessId, IReadOnlyList<SeenObject> Objects)
{
    /// <summary>How often another one touched another object than the touch before, one of the two being a write; null for a memory, which has no order.</summary>
    public long? TurnCount { get; init; }

    /// <summary>Of these, how often on another processor: each can have moved the line. Null when processors were not recorded.</summary>
    public long? CrossingCount { get; init; }

    /// <summary>Samples that found the line modified in another processor's cache; null when the recording does not tell.</summary>
    public long? ModifiedElsewhereCount { get; init; }
}

/// <summary>An object in a line, by the address that the operations name.</summary>
/// <param name="Name">What it is, such as <c>channel</c> or <c>main.counters.left</c>; empty when unknown.</param>
/// <param name="Touches">Most frequent first.</param>
public sealed record SeenObject(ulong Address, string Name, IReadOnlyList<SeenTouch> Touches);

/// <summary>Who touched an object, and where.</summary>
/// <param name="Id">Goroutine, or thread.</param>
/// <param name="IsThread">True when goroutines are not known.</param>
/// <param name="Operation">Such as <c>send</c> or <c>waits to lock</c>.</param>
/// <param name="Function">The program's own function; empty when unknown.</param>
/// <param name="File">Empty when unknown.</param>
/// <param name="Line">0 when unknown.</param>
/// <param name="Count">How often it was seen.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SeenTouch(long Id, bool IsThread, string Operation, string Function, string File, int Line, long Count);

/// <summary>The shared lines that one input shows.</summary>
/// <param name="Source">Path of the recording or memory, or the process.</param>
/// <param name="LineSize">Bytes of a line.</param>
/// <param name="Lines">The most crossings first.</param>
public sealed record SeenSharing(string Source, int LineSize, IReadOnlyList<SeenLine> Lines)
{
    /// <summary>Touches that were looked at.</summary>
    public required long TouchCount { get; init; }

    /// <summary>What was left out, or was lost; null when nothing was.</summary>
    public string? Note { get; init; }
}

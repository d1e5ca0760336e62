namespace Faultline.Evidence.Perf.Probes;

/// <summary>What a probe of faultline's observes. The kind is spelled in the probe's name, so that a recording explains itself: see <see cref="ProbeName"/>.</summary>
public enum ProbeKind
{
    /// <summary>A map function of the runtime was entered, or a call of one is about to be made.</summary>
    MapRead,
    MapWrite,
    MapDelete,
    MapIterate,
    MapClear,
    MapClone,

    /// <summary>Code after a probed call was reached: the call has ended.</summary>
    Done,

    /// <summary>The runtime's <c>fatal</c>, <c>throw</c> or <c>fatalpanic</c> was entered: the program is about to die.</summary>
    Fatal,
    Throw,
    Panic,

    /// <summary>A goroutine parks; the wait reason tells why.</summary>
    Park,

    /// <summary>A goroutine ends.</summary>
    Exit,

    ChanSend,
    ChanReceive,
    ChanClose,
    Lock,
    Unlock,
    ReadLock,
    ReadUnlock,

    /// <summary>A slice is about to move to a larger array.</summary>
    SliceGrow,

    /// <summary>The same, with what tells the old array's extent: its element type and, as detail, its capacity in elements.</summary>
    SliceLeave,

    /// <summary>That has returned to the code that appends: the object is the new array.</summary>
    SliceGrown,

    /// <summary>Memory is about to be read or written through a slice's pointer, at an instruction of the program; the object is the pointer.</summary>
    ArrayRead,
    ArrayWrite,

    /// <summary>The race detector is about to be told of an access; the object is its address, and the headers of slices in reach are fields of their own.</summary>
    SliceAccess,

    /// <summary>A collection of garbage may start: only after one can memory be used for something else.</summary>
    CollectionStart,

    /// <summary>A map grows or moves entries to its new tables.</summary>
    MapGrow,

    /// <summary>A sync.Map changes its state: a miss, a promotion, a copy, an expansion.</summary>
    SyncMap,

    /// <summary>A function that the user asked for.</summary>
    Function,
}

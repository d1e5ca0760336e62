using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Heap;

namespace Faultline.Cli.Cores;

/// <summary>Who holds what, and who waits for what nothing can give.</summary>
internal sealed class HeapViews(CoreSession core, ICoreOutput output)
{
    private const int DefaultTop = 100;

    private readonly RuntimeState _state = core.State;

    public void Holders(ulong address, long? top)
    {
        output.Address("address", address);
        if (!_state.Heap.Heap.TryFind(address, out HeapObject found))
        {
            output.Text("note", _state.Heap.Heap.SpanCount == 0 ? "the heap's records were not found" : "not an address of the heap");
            return;
        }

        output.Address("object", found.Address);
        output.Number("size", (long)found.Size);
        output.Text("type", _state.Heap.Heap.TypeOf(_state, found)?.Name);
        Write("holders", _state.Heap.FindHolders(address, (int)Math.Min(top ?? DefaultTop, int.MaxValue)));
        Write("path", _state.Heap.FindPath(address));
    }

    /// <summary>Goroutines that nothing can wake any more.</summary>
    public void Leaks(long skip, long? top)
    {
        if (_state.Heap.Heap.SpanCount == 0)
            output.Text("note", "the heap's records were not found, so nothing can be said");
        IReadOnlyList<BlockedGoroutine> stuck = BlockedForever.Find(_state);
        GoroutineViews views = new(core, output);
        output.OpenList("stuck", stuck.Count);
        foreach (BlockedGoroutine blocked in stuck.Skip((int)skip).Take((int)(top ?? int.MaxValue)))
        {
            output.OpenItem();
            views.Describe(blocked.Goroutine);
            output.Text("reason", blocked.IsForever
                ? "nothing ever ends such a wait"
                : "nothing that can still run reaches what it waits for");
            output.Frames("frames", core.Names.Show(views.StackOf(blocked.Goroutine)));
            output.CloseItem();
        }

        output.CloseList();
    }

    /// <summary>A holder in words.</summary>
    public static string WordsOf(Holder holder) => holder.Kind switch
    {
        HolderKind.Global => $"variable at 0x{holder.Slot:x}",
        HolderKind.Stack when holder.Slot == 0 => $"register of goroutine {holder.Goroutine}",
        HolderKind.Stack => $"stack of goroutine {holder.Goroutine}, frame {holder.Frame}",
        HolderKind.Finalizer => "finalizer",
        _ => $"object 0x{holder.Object:x}+{holder.Slot - holder.Object}",
    };

    private void Write(string name, IReadOnlyList<Holder> holders)
    {
        output.OpenList(name, holders.Count);
        foreach (Holder holder in holders)
        {
            output.OpenItem();
            output.Text("holder", WordsOf(holder));
            if (holder.Kind == HolderKind.Global)
                output.Text("variable", core.Dump.Binary.FindDataSymbol(holder.Slot - core.Dump.LoadBias));
            output.Address("target", holder.Target);
            output.CloseItem();
        }

        output.CloseList();
    }
}

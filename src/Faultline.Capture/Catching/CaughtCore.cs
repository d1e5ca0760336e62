using System.Globalization;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;
using Faultline.Diagnosis.Memory;
using Faultline.Runtime.Cores;
using Faultline.Runtime.Goroutines;
using Faultline.Runtime.Live;
using Faultline.Runtime.Memory;
using Faultline.Runtime.Sync;

namespace Faultline.Capture.Catching;

/// <summary>
/// Keeps a process that stands still at its fault as a core. The small one has every thread's registers and the pages that a diagnosis looks at: the
/// runtime's tables, the stacks of all goroutines, what they wait for, the map in question. The whole one has all memory that a file does not have.
/// </summary>
public static class CaughtCore
{
    /// <summary>Most pages of a small core: 256 MiB.</summary>
    private const int MostPages = 64 * 1024;

    /// <summary>Enough of a channel, a lock or a map's header.</summary>
    private const int ObjectSize = 256;

    /// <summary>Channels whose buffers are kept.</summary>
    private const int PicturedChannels = 64;

    /// <summary>Writes it to a path; the process has to stand still.</summary>
    /// <param name="fault">The process.</param>
    /// <param name="path">A file that does not exist.</param>
    /// <param name="isWhole">Keep all memory.</param>
    /// <returns>What is missing, a sentence each.</returns>
    /// <exception cref="IOException">It cannot be written, or the process is gone.</exception>
    public static IReadOnlyList<string> Write(CaughtFault fault, string path, bool isWhole)
    {
        List<MemoryRange> mappings = ProcessFiles.Ranges(fault.ProcessId);
        LiveMemory memory = new(fault.ProcessId, mappings);
        PageCache seen = new(memory, MostPages);
        List<string> missing = [];
        if (!isWhole)
        {
            LookAt(fault, seen, memory);
            if (seen.HasForgotten)
                missing.Add("the process has more goroutines than a small core has room for, so some are missing in it: catch it with --core");
        }

        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        CoreWriter.Write(file, new CoreContents
        {
            Architecture = fault.Binary.Architecture,
            ProcessId = fault.ProcessId,
            Name = Path.GetFileName(fault.Binary.Path),
            Threads = fault.Threads,
            Auxiliary = ProcessFiles.Auxiliary(fault.ProcessId),
            Mappings = mappings,
            Memory = isWhole ? memory : seen,
            Ranges = [.. (isWhole ? WholeRanges(mappings) : SeenRanges(seen, mappings))],
        });
        return missing;
    }

    /// <summary>Reads what a diagnosis reads.</summary>
    private static void LookAt(CaughtFault fault, PageCache seen, LiveMemory memory)
    {
        DiagnosticLog log = new(string.Create(CultureInfo.InvariantCulture, $"process {fault.ProcessId}"));
        RegisterLayout layout = RegisterLayout.For(fault.Binary.Architecture)!;
        LayeredAddressSpace space = new(seen, new BinaryAddressSpace(fault.Binary, fault.LoadBias));
        List<StoppedThread> threads = [.. fault.Threads.Select(thread => thread.Decode(layout))];
        if (RuntimeState.TryAttach(fault.Binary, fault.LoadBias, space, threads, log) is not { } state)
            return;
        byte[] stack = new byte[64 * 1024];
        HashSet<ulong> channels = [];
        foreach (Goroutine goroutine in state.Goroutines)
        {
            state.Stacks.Intern(goroutine, out _);
            // All of it, not only what unwinding needs: frames hold the objects.
            if (goroutine.IsOnStack(goroutine.ScheduledSp))
                space.Read(goroutine.ScheduledSp, stack.AsSpan(0, (int)Math.Min((ulong)stack.Length, goroutine.StackHigh - goroutine.ScheduledSp)));
            foreach (WaitTarget awaited in state.Waits.Read(goroutine))
            {
                space.Read(awaited.Object, stack.AsSpan(0, ObjectSize));
                if (awaited.IsChannel && channels.Count < PicturedChannels)
                    channels.Add(awaited.Object);
            }
        }

        _ = state.Processors.Count + state.LatestTime + state.Heap.Heap.SpanCount;
        if (MemoryRaiser.Find(state) is { } raiser)
        {
            LookAtMap(state, new TargetMemory(new LayeredAddressSpace(memory, new BinaryAddressSpace(fault.Binary, fault.LoadBias))), new MemoryRivals(state, new ProgramCode(fault.Binary)).Find(raiser.Goroutine, raiser.MapAddress));
            if (ClosedChannel.Find(state, raiser.Goroutine) is { } closed)
                channels.Add(closed);
        }

        foreach (ulong channel in channels)
            _ = ChannelPicture.Read(new MemoryImage("", state), channel);
    }

    /// <summary>The buckets that a report draws. Those that are only searched for a key are not kept.</summary>
    private static void LookAtMap(RuntimeState state, TargetMemory scanned, MemoryConflict? conflict)
    {
        if (conflict is { MapAddress: not 0 })
        {
            GoType? type = conflict.Site is { Types: [{ } only] } ? state.Types.FindByName(only.Name) : null;
            _ = MapPicture.Read(
                new MemoryImage("", state), conflict.MapAddress, type, conflict.Writers.Select(writer => writer.Goroutine).Prepend(conflict.Victim), scanned);
        }
    }

    /// <summary>As the kernel does: what a file has is left out, but for the first page of each, which has its build id.</summary>
    private static IEnumerable<(ulong Start, ulong End)> WholeRanges(IEnumerable<MemoryRange> mappings)
    {
        foreach (MemoryRange mapping in mappings.Where(mapping => mapping.IsReadable && mapping.Path is not "[vvar]" and not "[vvar_vclock]"))
        {
            if (mapping.Inode == 0 || mapping.IsWritable)
                yield return (mapping.Start, mapping.End);
            else if (mapping.FileOffset == 0)
                yield return (mapping.Start, mapping.Start + PageCache.PageSize);
        }
    }

    /// <summary>What was looked at, pages in a row as one range, and what tells the program.</summary>
    private static List<(ulong Start, ulong End)> SeenRanges(PageCache seen, IEnumerable<MemoryRange> mappings)
    {
        Span<byte> page = stackalloc byte[1];
        foreach (MemoryRange mapping in mappings.Where(mapping => mapping is { Inode: not 0, FileOffset: 0, IsReadable: true }))
            seen.Read(mapping.Start, page);
        List<(ulong Start, ulong End)> ranges = [];
        foreach (ulong start in seen.KeptPages())
        {
            if (ranges.Count > 0 && ranges[^1].End == start)
                ranges[^1] = (ranges[^1].Start, start + PageCache.PageSize);
            else
                ranges.Add((start, start + PageCache.PageSize));
        }

        return ranges;
    }
}

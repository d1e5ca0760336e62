using System.Globalization;
using Faultline.Runtime.Slices;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Tests.Unwinding;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Heap;

/// <summary>Arrays that a collection marked, arrays that are newer, free slots, and arrays that are not on the heap at all, in cores of all releases.</summary>
public sealed class SlotMarkTests
{
    public static TheoryData<string> Versions => [.. Toolchain.All.Select(toolchain => toolchain.Name)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_marks_of_arrays_are_those_that_the_program_made(string version)
    {
        var lines = new List<string>();
        using var core = LiveCore.Take(StackProgram.Build("arrays", Toolchain.TryFind(version)!), [], process =>
        {
            while (process.StandardOutput.ReadLine() is { } line && line != "ready")
                lines.Add(line);
        });
        Assert.Equal(["marked", "marked", "new", "free", "data", "stack"], lines.Select(line => line.Split(' ')[0]));
        var heap = core.State.Heap.Heap;
        foreach (var words in lines.Select(line => line.Split(' ')))
        {
            var (slice, array) = (ulong.Parse(words[1], CultureInfo.InvariantCulture), ulong.Parse(words[2], CultureInfo.InvariantCulture));
            Assert.Equal(array, SliceHeader.TryRead(core.State.Memory, slice)!.Value.Array);
            var isHeap = heap.TryFind(array, out var slot) && heap.TryFindSpan(array, out var start, out var end) && slot.Address >= start && slot.End <= end;
            var owners = core.State.Goroutines.Where(goroutine => goroutine.IsOnStack(array)).Select(goroutine => goroutine.Id).ToList();
            var found = isHeap ? heap.MarkOf(core.State, slot).ToString().ToLowerInvariant() : owners is [1] ? "stack" : owners.Count == 0 ? "data" : "?";
            Assert.True(found == words[0], $"{string.Join(' ', words)}: {found}");
        }
    }
}

using System.Text;

namespace Faultline.Evidence.Races;

/// <summary>One report as its lines come in: sections, each with a stack.</summary>
internal sealed class RaceReportBuilder(RaceFrameTable table)
{
    private readonly List<RaceAccess> accesses = [];
    private readonly List<RaceGoroutine> goroutines = [];
    private readonly List<RaceFrame> frames = [];
    private byte[] function = [];
    private int functionSize;
    private bool hasFunction;
    private Section section;
    private RaceAccess? access;
    private RaceGoroutine? goroutine;
    private RaceLocation? location;
    private bool isLost;

    private enum Section
    {
        None,
        Access,
        Goroutine,
        Location,
        Dropped,
    }

    public long FirstLine { get; private set; }

    /// <summary>The last line that belonged to it.</summary>
    public long LastLine { get; set; }

    /// <summary>Something went over a cap.</summary>
    public bool IsCapped { get; private set; }

    /// <summary>A function's name waits for its file.</summary>
    public bool WantsPlace => hasFunction;

    public bool HasSections => section != Section.None;

    public void Start(long line)
    {
        accesses.Clear();
        goroutines.Clear();
        frames.Clear();
        (hasFunction, section, location, isLost) = (false, Section.None, null, false);
        FirstLine = LastLine = line;
    }

    public void AddAccess(in RaceLine line, long number)
    {
        EndSection();
        access = new RaceAccess(line.IsWrite, line.IsAtomic, line.IsPrevious, line.Address, line.Goroutine < 0 ? null : line.Goroutine, RaceStack.Empty, number);
        section = Begin(Section.Access, accesses.Count);
    }

    public void AddGoroutine(in RaceLine line, long number)
    {
        EndSection();
        goroutine = new RaceGoroutine(line.Goroutine, Encoding.UTF8.GetString(line.Name), RaceStack.Empty, number);
        section = Begin(Section.Goroutine, goroutines.Count);
    }

    public void AddLocation(in RaceLine line)
    {
        EndSection();
        location = new RaceLocation(Encoding.UTF8.GetString(line.Name), line.Size, line.Address, RaceStack.Empty);
        section = Section.Location;
    }

    public void AddFunction(ReadOnlySpan<byte> name)
    {
        EndFrame();
        if (function.Length < name.Length)
            function = new byte[name.Length * 2];
        name.CopyTo(function);
        functionSize = name.Length;
        hasFunction = true;
    }

    public void AddPlace(ReadOnlySpan<byte> place)
    {
        if (hasFunction)
            AddFrame(place);
    }

    public void AddLost() => isLost = true;

    public RaceReport Build(bool isCutOff)
    {
        EndSection();
        section = Section.None;
        return new RaceReport
        {
            FirstLine = FirstLine,
            LastLine = LastLine,
            Accesses = [.. accesses],
            Goroutines = [.. goroutines],
            Location = location,
            IsCutOff = isCutOff || accesses.Count < 2,
        };
    }

    private Section Begin(Section wanted, int count)
    {
        IsCapped |= count >= RaceLimits.SideCount;
        return count < RaceLimits.SideCount ? wanted : Section.Dropped;
    }

    private void EndFrame()
    {
        if (hasFunction)
            AddFrame(default);
    }

    private void AddFrame(ReadOnlySpan<byte> place)
    {
        hasFunction = false;
        if (frames.Count < RaceLimits.FrameCount && table.Find(function.AsSpan(0, functionSize), place) is { } frame)
            frames.Add(frame);
        else
            IsCapped = true;
    }

    private void EndSection()
    {
        EndFrame();
        RaceStack stack = frames.Count == 0 && !isLost ? RaceStack.Empty : new RaceStack([.. frames], isLost);
        switch (section)
        {
            case Section.Access:
                accesses.Add(access! with { Stack = stack });
                break;
            case Section.Goroutine:
                goroutines.Add(goroutine! with { Created = stack });
                break;
            case Section.Location:
                location = location! with { Allocated = stack };
                break;
        }

        frames.Clear();
        isLost = false;
    }
}

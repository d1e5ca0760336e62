using System.Text;
using Faultline.Binaries.Code;
using Faultline.Evidence.Carriers;

namespace Faultline.Evidence.Escapes;

/// <summary>One stream of a build log: knows the package of its lines, and puts the lines of an explanation together.</summary>
internal sealed class EscapeText(EscapeLogOptions options, EscapeCounts counts, EscapeStore store) : IStreamText
{
    private readonly byte[]? variable = options.Variable is { } name ? Encoding.UTF8.GetBytes(name) : null;
    private readonly ScratchText head = new();
    private readonly ScratchText below = new();
    private readonly ScratchText reason = new();
    private readonly ScratchText lastFile = new();
    private EscapeCounts.Building package = counts.PackageOf("");
    private bool isStandard;
    private bool isFileWanted;
    private bool isOpen;
    private bool isWanted;
    private bool isCutOff;
    private bool isEscape;
    private int placeSize;
    private int belowCount;
    private long headLine;

    public bool HasWrappedLines => false;

    /// <summary>Lines of explanations whose head is not there; the first of them.</summary>
    public long HeadlessCount { get; private set; }

    public long FirstHeadlessLine { get; private set; }

    public void Add(ReadOnlySpan<byte> line, long number)
    {
        if (!EscapeLine.TryRead(line, out EscapeLine read))
        {
            // Others may write in between: it is no end of an explanation.
            counts.Add(EscapeKind.Other);
            return;
        }

        counts.Add(read.Kind);
        if (EscapeKinds.IsExplanation(read.Kind))
        {
            package.Add(read.Kind);
            Continue(read, line, number);
            return;
        }

        End();
        if (read.Kind == EscapeKind.Package)
        {
            Begin(read.Subject);
            return;
        }

        package.Add(read.Kind);
        if (read.Kind is EscapeKind.EscapeReason or EscapeKind.LeakReason)
            Open(read, line, number);
        else if (IsKept(read.Kind) && IsWanted(read))
            store.Add(read, package.Name, number);
    }

    /// <summary>Ends an explanation that no other line ended.</summary>
    public void Complete() => End();

    private void Begin(ReadOnlySpan<byte> name)
    {
        package = counts.PackageOf(Encoding.UTF8.GetString(name[..Math.Min(name.Length, CarrierLimits.NameSize)]));
        int end = package.Name.IndexOf(' ', StringComparison.Ordinal);
        isStandard = package.Name.Length > 0 && StandardLibrary.HasPackage(end < 0 ? package.Name : package.Name[..end]);
        lastFile.Clear();
    }

    private void Open(in EscapeLine read, ReadOnlySpan<byte> line, long number)
    {
        isOpen = true;
        isEscape = read.Kind == EscapeKind.EscapeReason;
        isWanted = IsWanted(read);
        isCutOff = false;
        headLine = number;
        belowCount = 0;
        reason.Start(EscapeLimits.ReasonSize);
        below.Start(1024);
        head.Start(line.Length);
        head.Add(line);
        placeSize = PlaceSize(read, line);
    }

    private void Continue(in EscapeLine read, ReadOnlySpan<byte> line, long number)
    {
        if (!isOpen || PlaceSize(read, line) != placeSize || !line[..placeSize].SequenceEqual(head.Span[..placeSize]))
        {
            if (HeadlessCount++ == 0)
                FirstHeadlessLine = number;
            return;
        }

        if (read.Kind == EscapeKind.FlowStep && read.Object.Length <= EscapeLimits.ReasonSize && (reason.Count == 0 || !read.Object.SequenceEqual("spill"u8)) && !read.Object.SequenceEqual("reference"u8))
        {
            reason.Clear();
            reason.Add(read.Object);
        }

        // A place that is asked for counts also where something of another file flows through it.
        isWanted |= options.File is not null && read.Kind == EscapeKind.FlowStep && IsFileWanted(read.At.File);
        // A variable that is asked for by its name counts also where something else flows through it.
        isWanted |= variable is not null && (read.Subject.SequenceEqual(variable) || read.Object.SequenceEqual(variable));
        if (belowCount >= EscapeLimits.ExplanationLineCount || below.Count + line.Length >= EscapeLimits.ExplanationSize)
        {
            isCutOff = true;
            return;
        }

        belowCount++;
        below.Add(line);
        below.Add((byte)'\n');
    }

    private void End()
    {
        if (!isOpen)
            return;
        isOpen = false;
        if (isEscape)
            counts.AddReason(reason.Span);
        if (isWanted)
            store.Add(head.Span, below.Span, belowCount, isCutOff, package.Name, headLine);
    }

    private bool IsWanted(in EscapeLine read)
    {
        if (variable is not null && read.Subject.SequenceEqual(variable) && (options.File is null || IsFileWanted(read.Place.File)))
            return true;
        if (options.File is not null)
            return IsFileWanted(read.Place.File);
        return !isStandard || read.Kind == EscapeKind.MovedToHeap;
    }

    private bool IsFileWanted(ReadOnlySpan<byte> file)
    {
        if (lastFile.Count == 0 || !file.SequenceEqual(lastFile.Span))
        {
            lastFile.Start(file.Length);
            lastFile.Add(file);
            isFileWanted = SourcePath.AreSame(Encoding.UTF8.GetString(file), options.File!);
        }

        return isFileWanted;
    }

    private static bool IsKept(EscapeKind kind) => kind is >= EscapeKind.MovedToHeap and <= EscapeKind.LeaksToResult
        or EscapeKind.Capture or (>= EscapeKind.CanInline and <= EscapeKind.InlinedCall) or (>= EscapeKind.Devirtualized and <= EscapeKind.CannotDevirtualize)
        or EscapeKind.ZeroCopy or EscapeKind.UnsafeUintptr or EscapeKind.EscapingUintptr or EscapeKind.DeadClosure or EscapeKind.LoopVariable;

    /// <summary>How many bytes of a line its place takes, the colon included.</summary>
    private static int PlaceSize(in EscapeLine read, ReadOnlySpan<byte> line) => EscapeLocation.TryTake(line, out _, out ReadOnlySpan<byte> rest) ? line.Length - rest.Length : 0;
}

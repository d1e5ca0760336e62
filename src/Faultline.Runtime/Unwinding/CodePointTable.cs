using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Runtime.Unwinding;

/// <summary>
/// Looks code addresses up and remembers them: stacks pass through few addresses, very often. An open hash table, bounded, so that random
/// addresses cost time but no memory. Not thread-safe.
/// </summary>
internal sealed class CodePointTable
{
    private const int FirstSize = 4096;

    private const int LargestSize = 1 << 20;

    /// <summary>No frame of Go is larger: stacks end at 1 GB.</summary>
    private const int LargestDelta = 1 << 30;

    private readonly GoBinary _binary;
    private readonly Pclntab? _pclntab;
    private readonly Dictionary<int, StackPointerFlow> _flows = [];
    private CodePoint[] _points = new CodePoint[FirstSize];
    private int _count;

    public CodePointTable(GoBinary binary)
    {
        _binary = binary;
        _pclntab = binary.Pclntab;
    }

    /// <summary>How many addresses are remembered.</summary>
    public int Count => _count;

    public CodePoint Find(ulong address)
    {
        var points = _points;
        var mask = points.Length - 1;
        var slot = Hash(address) & mask;
        while (true)
        {
            ref readonly var point = ref points[slot];
            if (point.Address == address && address != 0)
                return point;
            if (point.Address == 0)
                return Add(address);
            slot = (slot + 1) & mask;
        }
    }

    private CodePoint Add(ulong address)
    {
        var point = Read(address);
        if (address == 0)
            return point;
        if (2 * (_count + 1) > _points.Length && !TryGrow())
            return point;
        Insert(_points, point);
        _count++;
        return point;
    }

    private bool TryGrow()
    {
        if (_points.Length >= LargestSize)
            return false;
        var larger = new CodePoint[2 * _points.Length];
        foreach (ref readonly var point in _points.AsSpan())
        {
            if (point.Address != 0)
                Insert(larger, point);
        }

        _points = larger;
        return true;
    }

    private static void Insert(CodePoint[] points, in CodePoint point)
    {
        var mask = points.Length - 1;
        var slot = Hash(point.Address) & mask;
        while (points[slot].Address != 0)
            slot = (slot + 1) & mask;
        points[slot] = point;
    }

    private static int Hash(ulong address) => (int)((address * 0x9E37_79B9_7F4A_7C15) >> 33);

    private CodePoint Read(ulong address)
    {
        var unknown = new CodePoint(address, FunctionIndex: -1, StackDelta: 0, FrameRule.Unknown);
        if (_pclntab is null || !_pclntab.TryFindIndex(address, out var index))
            return unknown;
        try
        {
            var record = _pclntab.GetRecord(index);
            var delta = _pclntab.FindStackDelta(record, address);
            if (delta is < 0 or > LargestDelta)
                return unknown with { FunctionIndex = index, IsBeforeSwitchMark = IsBeforeSwitchMark(index, address) };
            return new CodePoint(address, index, delta, RuleAt(index, record, address), IsBeforeSwitchMark(index, address));
        }
        catch (MalformedDataException)
        {
            // The binary's own list of diagnostics names broken records when their functions are asked for.
            return unknown;
        }
    }

    /// <summary><c>systemstack_switch</c>, where <c>g.sched.pc</c> points while its thread is elsewhere; through Go 1.21 at its first byte, unlike any return address.</summary>
    private bool IsBeforeSwitchMark(int index, ulong address) =>
        address + 1 == _pclntab!.EndOf(index) && index + 1 < _pclntab.FunctionCount
        && _pclntab.GetNameBytes(index + 1).SequenceEqual("runtime.systemstack_switch"u8);

    private FrameRule RuleAt(int index, in FunctionRecord record, ulong address)
    {
        var rule = FrameRules.Find(_pclntab!.GetNameBytes(index), record.Flags);
        if (!FrameRules.ChangesStack(rule))
            return rule;
        if (!_flows.TryGetValue(index, out var flow))
            _flows[index] = flow = StackPointerFlow.Follow(_binary, index);
        return flow.IsOwnStack(address) ? FrameRule.Table : rule;
    }
}

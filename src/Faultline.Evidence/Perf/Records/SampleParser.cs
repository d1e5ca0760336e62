using System.Numerics;
using Faultline.Evidence.Perf.Events;

namespace Faultline.Evidence.Perf.Records;

/// <summary>Takes a sample apart. Parts follow each other in the order in which the kernel writes them (<c>perf_output_sample</c>), each only if asked for.</summary>
internal static class SampleParser
{
    private const ulong BranchHardwareIndex = 1 << 17;
    private const ulong BranchCounters = 1 << 19;
    private const ulong ReadTotalTimeEnabled = 1 << 0;
    private const ulong ReadTotalTimeRunning = 1 << 1;
    private const ulong ReadId = 1 << 2;
    private const ulong ReadGroup = 1 << 3;
    private const ulong ReadLost = 1 << 4;
    private const ulong Abi32 = 1;

    /// <returns>False when the bytes end before the sample does.</returns>
    public static bool TryParse(PerfEventAttribute attribute, ReadOnlySpan<byte> payload, out PerfSample sample)
    {
        SampleFields fields = attribute.SampleFields;
        PayloadCursor cursor = new(payload);
        ulong id = Has(fields, SampleFields.Identifier) ? cursor.ReadUInt64() : 0;
        ulong instructionPointer = Has(fields, SampleFields.InstructionPointer) ? cursor.ReadUInt64() : 0;
        ulong thread = Has(fields, SampleFields.Thread) ? cursor.ReadUInt64() : ulong.MaxValue;
        ulong time = Has(fields, SampleFields.Time) ? cursor.ReadUInt64() : 0;
        ulong address = Has(fields, SampleFields.Address) ? cursor.ReadUInt64() : 0;
        if (Has(fields, SampleFields.Id))
            id = cursor.ReadUInt64();
        if (Has(fields, SampleFields.StreamId))
            cursor.ReadUInt64();
        ulong cpu = Has(fields, SampleFields.Cpu) ? cursor.ReadUInt64() : uint.MaxValue;
        ulong period = Has(fields, SampleFields.Period) ? cursor.ReadUInt64() : attribute.IsFrequency ? 0 : attribute.SamplePeriod;
        if (Has(fields, SampleFields.CounterValues))
            SkipCounterValues(ref cursor, attribute.ReadFormat);
        ReadOnlySpan<ulong> callChain = Has(fields, SampleFields.CallChain) ? cursor.ReadNumbers(cursor.ReadUInt64()) : default;
        ReadOnlySpan<byte> raw = Has(fields, SampleFields.Raw) ? cursor.ReadBytes(cursor.ReadUInt32()) : default;
        ReadOnlySpan<ulong> branches = Has(fields, SampleFields.BranchStack) ? ReadBranches(ref cursor, attribute.BranchFields) : default;
        RegisterValues userRegisters = Has(fields, SampleFields.UserRegisters) ? ReadRegisters(ref cursor, attribute.UserRegisterMask) : default;
        ReadOnlySpan<byte> userStack = Has(fields, SampleFields.UserStack) ? ReadStack(ref cursor) : default;
        ulong weight = Has(fields, SampleFields.Weight | SampleFields.WeightStructure) ? cursor.ReadUInt64() : 0;
        ulong dataSource = Has(fields, SampleFields.DataSource) ? cursor.ReadUInt64() : 0;
        ulong transaction = Has(fields, SampleFields.Transaction) ? cursor.ReadUInt64() : 0;
        RegisterValues interruptRegisters = Has(fields, SampleFields.InterruptRegisters) ? ReadRegisters(ref cursor, attribute.InterruptRegisterMask) : default;
        ulong physicalAddress = Has(fields, SampleFields.PhysicalAddress) ? cursor.ReadUInt64() : 0;
        ulong controlGroup = Has(fields, SampleFields.ControlGroup) ? cursor.ReadUInt64() : 0;
        sample = new PerfSample
        {
            InstructionPointer = instructionPointer,
            ProcessId = (int)(uint)thread,
            ThreadId = (int)(thread >> 32),
            Time = time,
            DataAddress = address,
            Id = id,
            Cpu = (int)(uint)cpu,
            Period = period,
            CallChain = callChain,
            Raw = raw,
            Branches = branches,
            UserRegisters = userRegisters,
            UserStack = userStack,
            Weight = weight,
            DataSource = dataSource,
            Transaction = transaction,
            InterruptRegisters = interruptRegisters,
            PhysicalAddress = physicalAddress,
            ControlGroupId = controlGroup,
        };
        return !cursor.IsOverrun;
    }

    private static bool Has(SampleFields fields, SampleFields asked) => (fields & asked) != SampleFields.None;

    private static void SkipCounterValues(scoped ref PayloadCursor cursor, ulong format)
    {
        int times = BitOperations.PopCount(format & (ReadTotalTimeEnabled | ReadTotalTimeRunning));
        int perCounter = 1 + BitOperations.PopCount(format & (ReadId | ReadLost));
        if ((format & ReadGroup) == 0)
        {
            cursor.ReadNumbers((ulong)(times + perCounter));
            return;
        }

        ulong count = cursor.ReadUInt64();
        cursor.ReadNumbers((ulong)times);
        cursor.ReadNumbers(count > int.MaxValue ? ulong.MaxValue : count * (ulong)perCounter);
    }

    private static ReadOnlySpan<ulong> ReadBranches(scoped ref PayloadCursor cursor, ulong branchFields)
    {
        ulong count = cursor.ReadUInt64();
        if ((branchFields & BranchHardwareIndex) != 0)
            cursor.ReadUInt64();
        ReadOnlySpan<ulong> branches = cursor.ReadNumbers(count > int.MaxValue ? ulong.MaxValue : count * 3);
        if ((branchFields & BranchCounters) != 0)
            cursor.ReadNumbers(count);
        return branches;
    }

    // Without user registers (a kernel thread) the ABI is 0 and no value follows.
    private static RegisterValues ReadRegisters(scoped ref PayloadCursor cursor, ulong mask)
    {
        ulong abi = cursor.ReadUInt64();
        return abi == 0 ? default : new RegisterValues(mask, cursor.ReadNumbers((ulong)BitOperations.PopCount(mask)), abi == Abi32);
    }

    // The kernel reserves the size that was asked for and says after it how much it could copy.
    private static ReadOnlySpan<byte> ReadStack(scoped ref PayloadCursor cursor)
    {
        ulong size = cursor.ReadUInt64();
        if (size == 0)
            return default;
        ReadOnlySpan<byte> stack = cursor.ReadBytes(size);
        ulong copied = cursor.ReadUInt64();
        return copied < (ulong)stack.Length ? stack[..(int)copied] : stack;
    }
}

using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Code;

/// <summary>
/// How many words of arguments a function takes, from the record that tracebacks print arguments by (<c>FUNCDATA_ArgInfo</c>). It tells
/// parameters from what an argument register happens to hold.
/// </summary>
internal static class ParameterCounts
{
    private const int ArgInfoTable = 5;
    private const byte EndOfSequence = 0xff;
    private const byte StartOfAggregate = 0xfe;
    private const byte EndOfAggregate = 0xfd;
    private const byte AssemblyFlag = 4;

    /// <summary>Number of argument registers that can be in use, at most nine.</summary>
    public static int Read(GoBinary binary, FuncInfo function)
    {
        if (binary.Pclntab is not { } table || binary.Moduledata is not { FunctionData: not 0 } module)
            return AbiRegisters.ArgumentCount;
        try
        {
            FunctionRecord record = table.GetRecord(function.Index);
            if ((record.Flags & AssemblyFlag) != 0)
                return AbiRegisters.ArgumentCount;
            return table.TryGetFuncdata(record, ArgInfoTable, out ulong offset) ? Count(binary, module.FunctionData + offset) : 0;
        }
        catch (MalformedDataException)
        {
            // Reported where the function list reads the record.
            return AbiRegisters.ArgumentCount;
        }
    }

    private static int Count(GoBinary binary, ulong address)
    {
        Span<byte> bytes = stackalloc byte[128];
        bytes = bytes[..binary.Read(address, bytes)];
        int count = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case EndOfSequence:
                    return Math.Min(count, AbiRegisters.ArgumentCount);
                case StartOfAggregate or EndOfAggregate:
                    break;
                case >= 0xf0:
                    return AbiRegisters.ArgumentCount; // "..." or "_": cut short, so anything goes.
                default:
                    count++;
                    i++; // the size follows the offset
                    break;
            }
        }
        return AbiRegisters.ArgumentCount;
    }
}

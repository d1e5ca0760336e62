using System.Buffers.Binary;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;

namespace Faultline.Binaries.Code;

/// <summary>
/// Reads <c>FUNCDATA_StackObjects</c>: the collector's list of the stack variables that hold pointers and whose address is taken
/// (<c>runtime/stack.go stackObjectRecord</c>).
/// </summary>
internal static class StackObjectReader
{
    private const int StackObjectsTable = 2;
    private const int RecordSize = 16;
    private const ulong CountLimit = 4096;
    private const int SavedFramePointerSize = 8;

    public static StackObjects Read(GoBinary binary, FuncInfo function)
    {
        if (binary.Pclntab is not { } table || binary.Moduledata is not { FunctionData: not 0 } module)
            return StackObjects.None;
        try
        {
            return table.TryGetFuncdata(table.GetRecord(function.Index), StackObjectsTable, out ulong offset)
                ? ReadRecords(binary, module.FunctionData + offset)
                : StackObjects.None;
        }
        catch (MalformedDataException)
        {
            // The record is reported where the function list reads it; here it only means that nothing is known about the frame.
            return StackObjects.None;
        }
    }

    private static StackObjects ReadRecords(GoBinary binary, ulong address)
    {
        Span<byte> head = stackalloc byte[sizeof(ulong)];
        if (binary.Read(address, head) != head.Length)
            return StackObjects.None;
        ulong count = Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(head), CountLimit);
        var bytes = new byte[(int)count * RecordSize];
        int available = binary.Read(address + sizeof(ulong), bytes) / RecordSize;
        var objects = new (long, long)[available];
        for (int i = 0; i < available; i++)
        {
            ReadOnlySpan<byte> record = bytes.AsSpan(i * RecordSize);
            int offset = BinaryPrimitives.ReadInt32LittleEndian(record);
            int size = BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
            // Locals lie below the saved frame pointer, arguments above the return address.
            objects[i] = (offset < 0 ? offset - SavedFramePointerSize : offset + SavedFramePointerSize, size);
        }
        return new StackObjects(objects);
    }
}

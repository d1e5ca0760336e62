using System.Buffers.Binary;
using System.Text;
using Faultline.Runtime.Live;
using Faultline.Runtime.Memory;

namespace Faultline.Runtime.Cores;

/// <summary>The notes of a core: what <see cref="CoreNotes"/> reads, and debuggers look for.</summary>
internal static class CoreNoteWriter
{
    private const int StatusTail = 8;
    private const int ProcessInfoSize = 136, NameOffset = 40, NameSize = 15;

    public static byte[] Write(CoreContents contents)
    {
        using var notes = new MemoryStream();
        for (var index = 0; index < contents.Threads.Count; index++)
        {
            var thread = contents.Threads[index];
            Add(notes, "CORE", CoreNotes.Prstatus, Status(thread));
            if (RegisterLayout.For(contents.Architecture) is { HasThreadPointer: false })
                Add(notes, "LINUX", CoreNotes.ArmTls, Word(thread.ThreadPointer));
            // The kernel writes what is of the whole process behind the status of the first thread.
            if (index > 0)
                continue;
            Add(notes, "CORE", CoreNotes.Prpsinfo, ProcessInfo(contents));
            Add(notes, "CORE", CoreNotes.Auxv, contents.Auxiliary);
            Add(notes, "CORE", CoreNotes.FileList, Files(contents.Mappings));
        }

        return notes.ToArray();
    }

    private static byte[] Status(HeldThread thread)
    {
        var status = new byte[CoreNotes.RegistersOffset + thread.General.Length + StatusTail];
        BinaryPrimitives.WriteUInt16LittleEndian(status.AsSpan(12), (ushort)thread.Signal);
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(32), thread.ThreadId);
        thread.General.CopyTo(status, CoreNotes.RegistersOffset);
        return status;
    }

    private static byte[] ProcessInfo(CoreContents contents)
    {
        var information = new byte[ProcessInfoSize];
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(24), contents.ProcessId);
        var name = Encoding.UTF8.GetBytes(contents.Name);
        name.AsSpan(0, Math.Min(name.Length, NameSize)).CopyTo(information.AsSpan(NameOffset));
        return information;
    }

    private static byte[] Files(IReadOnlyList<MemoryRange> mappings)
    {
        var files = mappings.Where(mapping => mapping.Inode != 0 && mapping.Path.Length > 0).ToList();
        using var table = new MemoryStream();
        table.Write(Word((ulong)files.Count));
        table.Write(Word(PageCache.PageSize));
        foreach (var file in files)
        {
            table.Write(Word(file.Start));
            table.Write(Word(file.End));
            table.Write(Word((ulong)file.FileOffset / PageCache.PageSize));
        }

        foreach (var file in files)
        {
            table.Write(Encoding.UTF8.GetBytes(file.Path));
            table.WriteByte(0);
        }

        return table.ToArray();
    }

    private static void Add(MemoryStream notes, string name, uint type, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(head, name.Length + 1);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], value.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], type);
        notes.Write(head);
        notes.Write(Encoding.ASCII.GetBytes(name));
        Pad(notes, name.Length, least: 1);
        notes.Write(value);
        Pad(notes, value.Length, least: 0);
    }

    /// <summary>Zeros up to the next multiple of four.</summary>
    private static void Pad(MemoryStream notes, int size, int least)
    {
        for (var count = size; count < size + least || count % 4 != 0; count++)
            notes.WriteByte(0);
    }

    private static byte[] Word(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}

using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Code.Listing;

/// <summary>The instructions of one function of one architecture, as far as a listing asks. Used again for the next function; not thread-safe.</summary>
internal abstract class FunctionCode
{
    public abstract int Count { get; }

    /// <summary>Decodes <c>[function.Entry, end)</c>; returns how many bytes of it the file has.</summary>
    public abstract int Load(FuncInfo function, ulong end);

    /// <summary>Leaves out what the linker put behind a function to fill up the space before the next one.</summary>
    public abstract void DropPadding();

    public abstract CodeStep StepAt(int index);

    public abstract ReadOnlySpan<byte> BytesAt(int index);

    /// <summary>False for bytes that are no instruction, or none that is known.</summary>
    public abstract bool IsKnown(int index);

    public abstract void WriteText(int index, AssemblyText text);

    /// <summary>An instruction that does nothing but fault when its address is nil.</summary>
    public abstract bool IsNilCheck(int index);

    /// <summary>A comparison, such as goes before a conditional jump.</summary>
    public abstract bool IsComparison(int index);

    /// <summary>The address that an instruction puts together in a register.</summary>
    /// <param name="argument">Which argument or result of Go's calling convention the register is; -1 for another register.</param>
    public abstract bool TryGetAddress(int index, out ulong address, out int argument);

    /// <summary>The number that an instruction puts in a register.</summary>
    public abstract bool TryGetConstant(int index, out long value, out int argument);

    /// <summary>The fixed address that an instruction reads or writes; 0 when it has none.</summary>
    public abstract ulong AccessedAddress(int index);

    /// <summary>Index of the instruction that holds an address; -1 when none does.</summary>
    public int IndexOf(ulong address)
    {
        (int low, int high) = (0, Count - 1);
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            CodeStep step = StepAt(middle);
            if (address < step.Address)
                high = middle - 1;
            else if (address >= step.NextAddress)
                low = middle + 1;
            else
                return middle;
        }

        return -1;
    }
}

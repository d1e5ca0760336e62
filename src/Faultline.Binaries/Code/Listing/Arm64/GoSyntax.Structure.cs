namespace Faultline.Binaries.Code.Listing.Arm64;

/// <content>Loads and stores of vectors and their elements.</content>
internal sealed partial class GoSyntax
{
    private bool TryVectorStructure()
    {
        if (Is64 || Bit(29))
            return false;
        bool isIndexed = Bit(23);
        if (!isIndexed && Second != 0)
            return false;
        return Bit(24) ? TryOneStructure(isIndexed) : TryManyStructures(isIndexed);
    }

    private bool TryManyStructures(bool isIndexed)
    {
        if (Bit(21))
            return false;
        (int number, int count) = Bits(12, 4) switch
        {
            0b0000 => (4, 4),
            0b0010 => (1, 4),
            0b0100 => (3, 3),
            0b0110 => (1, 3),
            0b0111 => (1, 1),
            0b1000 => (2, 2),
            0b1010 => (1, 2),
            _ => (0, 0),
        };
        int size = Bits(10, 2);
        if (number == 0 || (number > 1 && size == 3 && !IsWide))
            return false;
        StructureOp(number, "", isIndexed);
        bool isLoad = Bit(22);
        if (isLoad)
            StructurePlace(isIndexed, count * (IsWide ? 16 : 8));
        VectorList(Destination, count, Arrangement(size));
        if (!isLoad)
            StructurePlace(isIndexed, count * (IsWide ? 16 : 8));
        return true;
    }

    private bool TryOneStructure(bool isIndexed)
    {
        int operation = Bits(13, 3), size = Bits(10, 2);
        bool isLoad = Bit(22);
        int count = 1 + Bits(21, 1) + ((operation & 1) << 1);
        if (operation >= 6)
        {
            if (!isLoad || Bit(12))
                return false;
            StructureOp(count, "R", isIndexed).StructurePlace(isIndexed, count << size).VectorList(Destination, count, Arrangement(size));
            return true;
        }

        // Elements of several registers at once are in nobody's Go code.
        if (count != 1)
            return false;
        int place = (Bits(30, 1) << 3) | (Bits(12, 1) << 2) | size;
        int element = operation >> 1;
        if (element == 2 && (size & 1) != 0)
            element = 3;
        if ((element == 1 && (size & 1) != 0) || (element == 2 && size != 0) || (element == 3 && (size != 1 || Bit(12))))
            return false;
        StructureOp(1, "", isIndexed);
        if (isLoad)
            StructurePlace(isIndexed, 1 << element);
        Element(Destination, element, place >> element);
        if (!isLoad)
            StructurePlace(isIndexed, 1 << element);
        return true;
    }

    private GoSyntax StructureOp(int number, string end, bool isIndexed)
    {
        text.Append(Bit(22) ? "VLD" : "VST").Append(number).Append(end);
        if (isIndexed)
            text.Append(".P");
        return this;
    }

    /// <summary>The pointer, and what it is moved by afterwards: the size of what was moved, or a register.</summary>
    private GoSyntax StructurePlace(bool isIndexed, int bytes)
    {
        if (!isIndexed || Second == ZeroRegister)
            return Memory(First, isIndexed ? bytes : 0);
        Memory(First, 0);
        text.Append('(');
        WriteRegister(Second);
        text.Append(')');
        return this;
    }
}

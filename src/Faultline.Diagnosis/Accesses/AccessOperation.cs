namespace Faultline.Diagnosis.Accesses;

/// <summary>What a goroutine did to the object. JSON spells the names in kebab case: <c>map-read</c>.</summary>
public enum AccessOperation
{
    MapRead,
    MapWrite,
    MapDelete,
    MapIterate,
    MapClear,
    MapClone,
    ChanSend,
    ChanReceive,
    ChanClose,
    Lock,
    Unlock,
    Other,
}

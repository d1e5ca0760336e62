using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Incidents;

namespace Faultline.Reports.Text;

/// <summary>How an access is put into words: who and what, where, and who started it.</summary>
internal static class AccessText
{
    /// <summary><c>goroutine 8 [running], map write: sessions[id] = s</c></summary>
    public static string Who(Access access)
    {
        string who = access.Goroutine is { } id ? $"goroutine {id}" : "goroutine not known";
        if (access.Status is { Length: > 0 } status)
            who += $" [{status}]";
        if (access.Operation == AccessOperation.Other)
            return access.Expression.Length > 0 ? $"{who}: {access.Expression}" : who;
        string what = $"{who}, {Wording.Operation(access.Operation)}";
        return access.Expression.Length > 0 ? $"{what}: {access.Expression}" : what;
    }

    /// <summary><c>main.(*cache).put (inlined), cache.go:42, pc 0x4a1b2c</c></summary>
    public static string Where(Access access)
    {
        string inlined = access.Inlined ? " (inlined)" : "";
        string pc = access.Pc is { } address ? $", pc 0x{address:x}" : "";
        return $"{access.Function}{inlined}, {Wording.Place(access.File, access.Line)}{pc}";
    }

    /// <summary><c>main.(*cache).put (inlined), pc 0x4a1b2c</c></summary>
    public static string Code(Access access)
    {
        string pc = access.Pc is { } address ? $", pc 0x{address:x}" : "";
        return $"{access.Function}{(access.Inlined ? " (inlined)" : "")}{pc}";
    }

    /// <summary><c>started by main.main, main.go:12, in goroutine 1</c></summary>
    public static string Started(CreatedBy creation)
    {
        string parent = creation.Goroutine is { } id ? $", in goroutine {id}" : "";
        return $"started by {creation.Function}, {Wording.Place(creation.File, creation.Line)}{parent}";
    }

    /// <summary><c>map[int64]*main.session, main.sessions, at 0xc000012340</c></summary>
    public static string Describe(SharedObject shared)
    {
        string text = shared.Type is { Length: > 0 } type && type.StartsWith(shared.Kind, StringComparison.Ordinal) ? type
            : shared.Type is { Length: > 0 } other ? $"{shared.Kind} of type {other}"
            : shared.Kind;
        if (shared.Name is { Length: > 0 } name)
            text += $", {name}";
        return shared.Address is { } address ? $"{text}, at 0x{address:x}" : $"{text} (address not known)";
    }
}

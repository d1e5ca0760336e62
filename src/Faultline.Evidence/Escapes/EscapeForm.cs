namespace Faultline.Evidence.Escapes;

/// <summary>Wordings of one kind of line.</summary>
internal enum EscapeForm
{
    /// <summary>The only one, or the oldest.</summary>
    Plain,

    /// <summary>With the function: <c>in f:</c>, <c>for f with</c> (Go 1.25 and newer).</summary>
    WithFunction,

    /// <summary>A flow with an arrow instead of an equals sign.</summary>
    Arrow,

    /// <summary>With a cost and the body, or a score.</summary>
    WithNumber,

    /// <summary>A capture by value, not by reference.</summary>
    ByValue,

    /// <summary><c>failed to devirtualize x (op)</c> (Go 1.19 and 1.20).</summary>
    Failed,

    /// <summary><c>… escaping ...uintptr</c>.</summary>
    Variadic,

    /// <summary>A call through an interface; through a function value.</summary>
    InterfaceCall,

    FunctionCall,
}

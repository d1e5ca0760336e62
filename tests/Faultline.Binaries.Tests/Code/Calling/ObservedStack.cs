using System.Globalization;
using Faultline.Binaries.GoSym;

namespace Faultline.Binaries.Tests.Code.Calling;

/// <summary>A stack that the test program printed about itself.</summary>
/// <param name="Label">How the function was come to.</param>
/// <param name="Functions">Physical functions, innermost first; the runtime's own frames around deferred calls and at the bottom are left out.</param>
/// <param name="Creator">What <c>created by</c> names; empty on the main goroutine.</param>
public sealed record ObservedStack(string Label, IReadOnlyList<FuncInfo> Functions, string Creator)
{
    /// <summary>Parses <c>stack LABEL ADDRESS… [created FUNCTION]</c>.</summary>
    public static ObservedStack Parse(string line, GoBinary binary)
    {
        string[] parts = line.Split(" created ");
        string[] words = parts[0].Split(' ');
        int first = Array.FindIndex(words, word => word.Length == 6 && ulong.TryParse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out _));
        var functions = new List<FuncInfo>();
        foreach (string word in words[first..])
        {
            Assert.True(binary.TryFindFunction(ulong.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture) - 1, out FuncInfo function));
            if (functions.Count == 0 || functions[^1] != function)
                functions.Add(function);
        }

        functions.RemoveAll(function => function.Name is "runtime.goexit" or "runtime.main" or "runtime.gopanic" or "runtime.deferreturn");
        return new ObservedStack(string.Join(' ', words[1..first]), functions, parts.Length > 1 ? parts[1] : "");
    }
}

using Faultline.Binaries.Code;
using Faultline.Binaries.GoSym;

namespace Faultline.Cli.Phases;

/// <summary>What is shown of one function.</summary>
/// <param name="Function">The map operation.</param>
/// <param name="Rows">Its instructions, or the one that was asked for.</param>
internal sealed record PcTableEntry(FuncInfo Function, IReadOnlyList<MapInstruction> Rows);

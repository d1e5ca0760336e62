using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Faultline.Capture.Catching;

/// <summary>
/// Starts processes that .NET does not wait for: it would take the stops of a traced one for its end. Whoever starts one here waits for it, on the same OS thread.
/// </summary>
internal static unsafe partial class ChildProcess
{
    private const int StructureSize = 1024, SignalSetSize = 128;
    private const short DefaultSignals = 4, SignalMask = 8, OwnSession = 0x80;
    private const int BrokenPipe = 13;

    /// <summary>Starts a command with this process's environment and the descriptors that are not closed on exec; returns its id.</summary>
    /// <param name="words">Program and arguments; a bare name is looked up in PATH.</param>
    /// <param name="descriptors">Descriptors of this process, and what they are called in the new one.</param>
    /// <param name="additions">Variables beside, or instead of, this process's own.</param>
    /// <param name="ownSession">Signals of the terminal do not reach it.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static int Start(IReadOnlyList<string> words, IReadOnlyList<(nint Here, int There)> descriptors, IReadOnlyList<KeyValuePair<string, string>> additions, bool ownSession)
    {
        byte* actions = stackalloc byte[StructureSize];
        byte* attributes = stackalloc byte[StructureSize];
        byte* signals = stackalloc byte[SignalSetSize];
        new Span<byte>(signals, SignalSetSize).Clear();
        InitializeActions(actions);
        InitializeAttributes(attributes);
        foreach ((nint here, int there) in descriptors)
            AddDuplicate(actions, (int)here, there);
        SetMask(attributes, signals);
        // .NET ignores it, and what is ignored stays so in the new program.
        signals[(BrokenPipe - 1) / 8] = 1 << ((BrokenPipe - 1) % 8);
        SetDefaults(attributes, signals);
        SetFlags(attributes, (short)(DefaultSignals | SignalMask | (ownSession ? OwnSession : 0)));
        nint[] arguments = Texts(words);
        Dictionary<string, string?> variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value, StringComparer.Ordinal);
        foreach ((string name, string value) in additions)
            variables[name] = value;
        nint[] environment = Texts([.. variables.Select(variable => $"{variable.Key}={variable.Value}")]);
        try
        {
            int error = Spawn(out int id, words[0], actions, attributes, arguments, environment);
            return error == 0 ? id : throw new Win32Exception(error);
        }
        finally
        {
            foreach (nint text in arguments.Concat(environment))
                Marshal.FreeCoTaskMem(text);
            DestroyActions(actions);
            DestroyAttributes(attributes);
        }
    }

    private static nint[] Texts(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int id, string file, byte* actions, byte* attributes, nint[] arguments, nint[] environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial void InitializeActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial void DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial void AddDuplicate(byte* actions, int here, int there);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial void InitializeAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial void DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial void SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial void SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial void SetMask(byte* attributes, byte* signals);
}

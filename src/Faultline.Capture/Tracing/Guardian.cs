using System.Diagnostics;
using System.Globalization;

namespace Faultline.Capture.Tracing;

/// <summary>
/// A small shell process that outlives the recorder if the recorder is killed: when the pipe from the recorder closes before all is taken
/// down, it stops perf, takes the probes away and unmounts what was mounted. Signals of a terminal do not reach it.
/// </summary>
internal sealed class Guardian : IDisposable
{
    // $1 folder of tracefs, $2 group of the probes, $3 "mounted" if it is to be unmounted.
    private const string Script =
        """
        trap '' HUP INT TERM QUIT PIPE
        while read -r verb value; do
          case $verb in
            perf) perf=$value ;;
            held) held=$value ;;
            done) exit 0 ;;
          esac
        done
        if [ -n "$held" ]; then kill -KILL "$held"; fi
        if [ -n "$perf" ] && kill -INT "$perf"; then
          i=0
          while kill -0 "$perf" && [ $i -lt 50 ]; do i=$((i + 1)); sleep 0.1; done
          kill -KILL "$perf"
          sleep 0.1
        fi
        probes=$(cat "$1/uprobe_events")
        echo "$probes" | while read -r probe rest; do
          case $probe in
            p:"$2"/*) echo "-:${probe#p:}" >> "$1/uprobe_events" ;;
          esac
        done
        if [ "$3" = mounted ]; then umount "$1"; fi
        """;

    private readonly Process _process;

    private Guardian(Process process) => _process = process;

    public static Guardian Start(TraceFs? traceFs, string group, bool isMountedHere)
    {
        ProcessStartInfo start = new("setsid", ["/bin/sh", "-c", Script, "faultline-guardian", traceFs?.Folder ?? "/nonexistent", group, isMountedHere ? "mounted" : "kept"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.StandardInput.AutoFlush = true;
        return new Guardian(process);
    }

    /// <summary>The process to stop.</summary>
    public void Watch(Process perf) => Tell(string.Create(CultureInfo.InvariantCulture, $"perf {perf.Id}"));

    /// <summary>A process that waits for the recorder's word and would wait for ever without it; 0 when there is none any more.</summary>
    public void Hold(int processId) => Tell(processId == 0 ? "held" : string.Create(CultureInfo.InvariantCulture, $"held {processId}"));

    /// <summary>All is taken down: nothing is left to guard.</summary>
    public void Dismiss() => Tell("done");

    public void Dispose()
    {
        _process.StandardInput.Dispose();
        _process.Dispose();
    }

    private void Tell(string word)
    {
        try
        {
            _process.StandardInput.WriteLine(word);
        }
        catch (IOException)
        {
            // Someone killed it. The next recording takes away what this one may leave.
        }
    }
}

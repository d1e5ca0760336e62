using System.Runtime.InteropServices;
using System.Text;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Diagnosis.Programs;
using Faultline.Evidence.Perf;
using Faultline.Evidence.Perf.Probes;
using Faultline.Evidence.Perf.Records;

namespace Faultline.Diagnosis.Recordings;

/// <summary>One hit of a probe and the line that made it.</summary>
/// <param name="Probe">The hit.</param>
/// <param name="Function">Function of the programmer's line; empty when unknown.</param>
/// <param name="File">Its file; empty when unknown.</param>
/// <param name="Line">The line; 0 when unknown.</param>
/// <param name="Pc">Address after the call, in the process; null when unknown.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RecordedEvent(ProbeEvent Probe, string Function, string File, int Line, ulong? Pc);

/// <summary>Reads the events of a recording one by one, in the order of time and in bounded memory.</summary>
public static class RecordedEvents
{
    private const int MostPlaces = 1 << 16;

    /// <param name="recording">The caller keeps and disposes it.</param>
    /// <param name="binary">The recorded program; without it there are no lines.</param>
    /// <param name="loadBias">What to add to link-time addresses where no mapping was recorded; null when unknown.</param>
    public static IEnumerable<RecordedEvent> Enumerate(PerfRecording recording, GoBinary? binary, ulong? loadBias = null)
    {
        ProgramImage image = new(binary, binary is null ? null : new ProgramCode(binary), new SourceFiles([]));
        RecordedProgram program = new(binary, loadBias);
        Dictionary<(ulong, ulong, ulong), RecordedEvent> places = [];
        using PerfRecordReader reader = recording.OpenReader();
        while (reader.TryRead(out PerfRecord record))
        {
            if (record.TryReadMapping(out MappingRecord mapping) && mapping.Path is [(byte)'/', not (byte)'/', ..])
                program.AddMapping(mapping.ProcessId, mapping.StartAddress, mapping.Size, mapping.FileOffset, Encoding.UTF8.GetString(mapping.Path));
            else if (record.TryReadProbe(out ProbeEvent probe))
                yield return Place(probe);
        }

        RecordedEvent Place(in ProbeEvent probe)
        {
            ulong? bias = program.BiasOf(probe.ProcessId);
            ulong shift = bias ?? 0;
            ulong outer = RecordedAccess.HasOuterReturn(probe.Kind) ? probe.Detail : 0;
            (ulong, ulong, ulong) key = (probe.ReturnAddress - shift, probe.ProbeAddress - shift, outer - shift);
            if (!places.TryGetValue(key, out RecordedEvent known))
            {
                RecordedPlace place = RecordedPlace.Of(probe, bias, image);
                var frame = place.User ?? (place.Frames.Count > 0 ? place.Frames[0] : null);
                known = new RecordedEvent(probe, frame?.Function ?? "", image.Sources.Map(frame?.File ?? ""), frame?.Line ?? 0, place.Pc - shift);
                if (places.Count < MostPlaces)
                    places.Add(key, known);
            }

            return known with { Probe = probe, Pc = known.Pc + shift };
        }
    }
}

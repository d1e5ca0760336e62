using Faultline.Evidence.Perf.Records;

namespace Faultline.Diagnosis.Recordings.Samples;

/// <summary>Sees a record on its way; it is valid during the call.</summary>
public delegate void RecordObserver(in PerfRecord record);

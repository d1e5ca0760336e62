using Faultline.Diagnosis.Accesses;
using Faultline.Diagnosis.Conflicts;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Diagnosis.Incidents;

/// <summary>What a report's headlines say, boiled down to the one that killed the program.</summary>
/// <param name="Meaning">Kind, operation and object.</param>
/// <param name="Message">The text without prefix.</param>
/// <param name="Recoverable">True for panics.</param>
/// <param name="Headlines">The headlines that say so.</param>
internal sealed record FaultReading(FaultMeaning Meaning, string Message, bool Recoverable, IReadOnlyList<Headline> Headlines)
{
    public static FaultReading Of(CrashReport report)
    {
        var fatals = report.Headlines.Where(headline => headline.Kind == HeadlineKind.FatalError).ToList();
        if (fatals.Count > 0)
            return new FaultReading(FaultCatalog.OfFatal(fatals[0].Text), fatals[0].Text, Recoverable: false, fatals);

        var panics = report.Headlines.Where(headline => headline.Kind == HeadlineKind.Panic).ToList();
        if (panics.Count > 0)
        {
            // A chain is printed oldest first; the newest panic is the one that nobody recovered.
            var last = panics[^1];
            return new FaultReading(FaultCatalog.OfPanic(last.Text), last.Text, Recoverable: true, panics);
        }

        if (report.Headlines.Count > 0)
            return new FaultReading(new FaultMeaning(FaultKind.OtherFatal, AccessOperation.Other, null), report.Headlines[0].Text, Recoverable: false, report.Headlines);
        return OfStacks(report);
    }

    /// <summary>A log without its headline: the map function that called the runtime's <c>fatal</c> still tells what was detected.</summary>
    private static FaultReading OfStacks(CrashReport report)
    {
        foreach (var goroutine in report.Goroutines)
        {
            if (goroutine.Status != "running" || goroutine.Stack.Locations is not [{ Function: "runtime.fatal" or "internal/runtime/maps.fatal" or "runtime.throw" }, ..])
                continue;
            foreach (var location in goroutine.Stack.Locations.Skip(1))
            {
                if (MapFunctions.Find(location.Function) is not { } operation)
                    continue;
                var kind = operation switch
                {
                    AccessOperation.MapRead => FaultKind.ConcurrentMapReadWrite,
                    AccessOperation.MapIterate => FaultKind.ConcurrentMapIterationWrite,
                    AccessOperation.MapClone => FaultKind.ConcurrentMapCloneWrite,
                    _ => FaultKind.ConcurrentMapWrites,
                };
                return new FaultReading(new FaultMeaning(kind, operation, "map"), "", Recoverable: false, []);
            }
        }

        return new FaultReading(new FaultMeaning(FaultKind.OtherFatal, AccessOperation.Other, null), "", Recoverable: false, []);
    }
}

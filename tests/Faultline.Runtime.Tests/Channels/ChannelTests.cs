using Faultline.Runtime.Channels;
using Faultline.Runtime.Sync;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Tests.Values;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Channels;

/// <summary>Channels against what the program knows about them.</summary>
public sealed class ChannelTests
{
    public static TheoryData<string, BuildMode, bool> Matrix => ParkedProcess.Matrix();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Buffers_and_queues_are_read(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var truth = process.ReadTruth();
        foreach (var (name, expected) in truth.Channels)
        {
            var channel = Channel.TryRead(process.State, expected.Address);
            Assert.NotNull(channel);
            Assert.Equal(expected.Closed, channel.IsClosed);
            Assert.Equal(Ids(truth, expected.Senders), channel.Senders.Select(waiter => waiter.GoroutineId).Order());
            Assert.Equal(Ids(truth, expected.Receiver), channel.Receivers.Select(waiter => waiter.GoroutineId).Order());
            Assert.All(channel.Senders.Concat(channel.Receivers), waiter => Assert.Equal(name.Contains("Select", StringComparison.Ordinal), waiter.IsSelect));
            Assert.Equal(expected.Items ?? [], channel.Elements().Select(address => GoSyntax.Write(process.State.Values.Read(channel.ElementType!, address))));
            Assert.Equal(name == "main.chanTimer" && process.Dump.Binary.BuildInfo!.Release >= 23, channel.Timer is not null);
            if (channel.Timer is null)
                Assert.Equal(expected.Capacity, channel.Capacity);
            else
                Assert.True(channel.Timer.Value.When > process.State.LatestTime);
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Goroutines_lead_to_their_channels(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        var truth = process.ReadTruth();
        foreach (var (channel, operation, names) in truth.Channels.Values.SelectMany(channel => new[]
        {
            (channel, WaitOperation.Send, channel.Senders), (channel, WaitOperation.Receive, channel.Receiver),
        }))
        {
            foreach (var name in names ?? [])
            {
                Assert.True(process.State.Goroutines.TryFind(truth.Goroutines[name], out var goroutine));
                Assert.Contains(process.State.Waits.Read(goroutine), target => target.IsChannel && target.Object == channel.Address && target.Operation == operation);
            }
        }

        Assert.True(process.State.Goroutines.TryFind(truth.Goroutines["selecting"], out var selecting));
        Assert.Equal(2, process.State.Waits.Read(selecting).Count);
        Assert.True(process.State.Goroutines.TryFind(truth.Goroutines["nil receiver"], out var never));
        Assert.Empty(process.State.Waits.Read(never));
    }

    private static IEnumerable<ulong> Ids(Truth truth, string[]? names) => (names ?? []).Select(name => truth.Goroutines[name]).Order();
}

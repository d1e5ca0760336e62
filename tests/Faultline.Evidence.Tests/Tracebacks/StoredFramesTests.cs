using System.Globalization;
using System.Text;
using Faultline.Evidence.Tracebacks;

namespace Faultline.Evidence.Tests.Tracebacks;

/// <summary>What is stored of a frame in few bytes is what was printed.</summary>
public class StoredFramesTests
{
    [Fact]
    public void Numbers_and_pointers_come_back_as_they_were()
    {
        var random = new Random(7);
        var text = new StringBuilder("goroutine 1 gp=0xc000002380 m=3 mp=0xc000100008 [running]:\n");
        List<(Argument[] Arguments, ulong Frame, ulong Stack)> expected = [];
        for (int frame = 0; frame < 3000; frame++)
        {
            var arguments = new Argument[random.Next(12)];
            for (int index = 0; index < arguments.Length; index++)
            {
                arguments[index] = random.Next(12) switch
                {
                    0 => new Argument(ArgumentKind.Open, 0, IsStale: false),
                    1 => new Argument(ArgumentKind.Close, 0, IsStale: false),
                    2 => new Argument(ArgumentKind.More, 0, IsStale: false),
                    3 => new Argument(ArgumentKind.Unavailable, 0, IsStale: false),
                    _ => new Argument(ArgumentKind.Value, AnyNumber(random), random.Next(2) == 0),
                };
            }

            (ulong framePointer, ulong stackPointer) = (AnyNumber(random), AnyNumber(random));
            expected.Add((arguments, framePointer, stackPointer));
            text.Append(CultureInfo.InvariantCulture, $"main.f{frame % 50}({string.Join(", ", arguments.Select(Print))})\n");
            text.Append(CultureInfo.InvariantCulture, $"\t/a.go:1 +0x1 fp=0x{framePointer:x} sp=0x{stackPointer:x} pc=0x401000\n");
        }

        IReadOnlyList<TracebackFrame> frames = Given.Log(text.ToString()).Reports[0].Goroutines[0].Frames;
        Assert.Equal(expected.Count, frames.Count);
        foreach ((TracebackFrame frame, var wanted) in frames.Zip(expected))
        {
            Assert.Equal(wanted.Arguments, frame.Arguments);
            Assert.Equal((wanted.Frame, wanted.Stack), (frame.FramePointer!.Value, frame.StackPointer!.Value));
        }
    }

    [Fact]
    public void Numbers_that_Go_does_not_print_are_read_like_any_other()
    {
        TracebackFrame frame = Given.Log("goroutine 1 [running]:\nmain.f(0x00c0?, 0x, 0x11112222333344445, 0x7)\n\t/a.go:1 +0x1\n").Reports[0].Goroutines[0].Frames[0];
        Assert.Equal([new Argument(ArgumentKind.Value, 0xc0, IsStale: true), new Argument(ArgumentKind.Value, 7, IsStale: false)], frame.Arguments);
    }

    [Fact]
    public void Views_of_one_goroutine_are_equal()
    {
        TracebackLog log = Given.Log("goroutine 1 [running]:\nmain.f()\n\t/a.go:1 +0x1\n\ngoroutine 2 [sleep]:\nmain.f()\n\t/a.go:1 +0x1\n");
        IReadOnlyList<GoroutineTrace> goroutines = log.Reports[0].Goroutines;
        Assert.Equal(goroutines[0], Assert.Single(goroutines, goroutine => goroutine.Id == 1));
        Assert.NotEqual(goroutines[0], goroutines[1]);
    }

    private static ulong AnyNumber(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);

    private static string Print(Argument argument) => argument.Kind switch
    {
        ArgumentKind.Open => "{",
        ArgumentKind.Close => "}",
        ArgumentKind.More => "...",
        ArgumentKind.Unavailable => "_",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{argument.Value:x}{(argument.IsStale ? "?" : "")}"),
    };
}

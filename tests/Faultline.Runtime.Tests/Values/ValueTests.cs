using Faultline.Binaries.GoSym;
using Faultline.Runtime.Tests.Programs;
using Faultline.Runtime.Values;
using Faultline.Samples;

namespace Faultline.Runtime.Tests.Values;

/// <summary>Typed values against the program's own <c>%#v</c>.</summary>
public sealed class ValueTests
{
    private static readonly ValueLimits OneLevel = new() { PointerDepth = 0 };

    public static TheoryData<string, BuildMode, bool> Matrix => ParkedProcess.Matrix();

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Values_read_as_the_program_prints_them(string version, BuildMode mode, bool isStripped)
    {
        var process = ParkedProcess.Objects(version, mode, isStripped);
        foreach (var (name, expected) in process.ReadTruth().Values)
        {
            var type = process.State.Types.FindByName(expected.Type);
            if (type is null && isStripped)
            {
                // A named type is only found if something that the program lists leads to it.
                Assert.Contains(name, (string[])["main.valueRing", "main.valueText"]);
                continue;
            }

            Assert.True(type is not null, $"{name}: no type {expected.Type}");
            Assert.Equal(expected.Text, GoSyntax.Write(process.State.Values.Read(type, expected.Address, OneLevel)));
        }
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(123456789.125, "123456789.125")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-1.5e-300, "-1.5e-300")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(9007199254740993.0, "9007199254740992")]
    public void Floating_point_numbers_are_written_as_in_Go(double value, string expected)
    {
        Assert.Equal(expected, GoNumber.Format(value));
        Assert.Equal(expected, GoNumber.Format(GoKind.Float64, BitConverter.GetBytes(value)));
    }

}

using Faultline.Diagnosis.Programs;

namespace Faultline.Diagnosis.Tests.Programs;

public sealed class GoPackageTests
{
    [Theory]
    [InlineData("main.main", "main")]
    [InlineData("net/http.(*conn).serve", "net/http")]
    [InlineData("example.com/a%2eb/c.(*T[go.shape.int]).M", "example.com/a%2eb/c")]
    [InlineData("main.Map[github.com/x/y.Key].Get", "main")]
    [InlineData("panic", "")]
    [InlineData("", "")]
    public void The_package_is_cut_out_of_a_symbol(string symbol, string expected)
        => Assert.Equal(expected, GoPackage.PathOf(symbol).ToString());

    [Theory]
    [InlineData("runtime.mapassign_fast64", true)]
    [InlineData("internal/runtime/maps.fatal", true)]
    [InlineData("panic", true)]
    [InlineData("reflect.Value.SetMapIndex", true)]
    [InlineData("maps.Clone[...]", true)]
    [InlineData("main.runtime.x", false)]
    [InlineData("runtime/pprof.Do", false)]
    public void Functions_that_only_carry_a_map_operation_are_skipped(string symbol, bool expected)
        => Assert.Equal(expected, GoPackage.CarriesMapOperations(symbol));

    [Theory]
    [InlineData("main.(*cache[...]).get", "main.(*cache[go.shape.int]).get", true)]
    [InlineData("main.f", "main.f", true)]
    [InlineData("main.(*cache[...]).get", "main.(*cache[go.shape.int]).put", false)]
    [InlineData("main.(*cache).get", "main.(*cache[go.shape.int]).get", false)]
    [InlineData("main.(*set[...]).each[...]", "main.(*set[go.shape.int]).each[go.shape.string]", true)]
    public void Printed_names_match_symbols(string printed, string symbol, bool expected)
        => Assert.Equal(expected, PrintedName.Matches(printed, symbol));
}

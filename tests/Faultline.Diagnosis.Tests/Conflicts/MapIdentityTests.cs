using Faultline.Binaries.Code;
using Faultline.Diagnosis.Conflicts;

namespace Faultline.Diagnosis.Tests.Conflicts;

public sealed class MapIdentityTests
{
    private static readonly MapRoot Sessions = new(MapRootKind.Global, 0x1000, 0, "main.sessions");
    private static readonly MapRoot Users = new(MapRootKind.Global, 0x2000, 0, "main.users");
    private static readonly MapRoot CacheItems = new(MapRootKind.Field, 0x3000, 8, "main.cache+8");
    private static readonly MapRoot Made = new(MapRootKind.Allocation, 0x4000, 0, "make in main.main");
    private static readonly MapRoot MadeElsewhere = new(MapRootKind.Allocation, 0x5000, 0, "make in main.f");

    [Fact]
    public void One_variable_on_both_sides_is_the_same_map()
        => Assert.Equal(MapIdentity.SameVariable, MapIdentities.Compare(Complete(Sessions), Complete(Sessions)));

    [Fact]
    public void The_same_field_can_belong_to_two_objects()
        => Assert.Equal(MapIdentity.SamePlace, MapIdentities.Compare(Complete(CacheItems), Complete(CacheItems)));

    [Fact]
    public void A_field_of_a_type_known_only_by_name_is_the_same_field()
        => Assert.Equal(MapIdentity.SamePlace, MapIdentities.Compare(Complete(CacheItems), Complete(CacheItems with { Address = 0 })));

    [Fact]
    public void Two_places_that_are_known_completely_exclude_each_other()
        => Assert.Equal(MapIdentity.Different, MapIdentities.Compare(Complete(Sessions), Complete(Users)));

    [Fact]
    public void Two_makes_exclude_each_other()
        => Assert.Equal(MapIdentity.Different, MapIdentities.Compare(Complete(Made), Complete(MadeElsewhere)));

    [Fact]
    public void A_make_may_be_what_a_variable_holds()
        => Assert.Equal(MapIdentity.Unknown, MapIdentities.Compare(Complete(Sessions), Complete(Made)));

    [Fact]
    public void Nothing_is_excluded_by_an_incomplete_search()
        => Assert.Equal(MapIdentity.Unknown, MapIdentities.Compare(Complete(Sessions), Complete(Users) with { IsComplete = false }));

    [Fact]
    public void A_private_map_is_never_the_raced_one()
        => Assert.Equal(MapIdentity.Different, MapIdentities.Compare(MapOperand.Unknown, Complete(Made) with { IsPrivate = true }));

    [Fact]
    public void A_raced_map_that_looks_private_excludes_nothing()
        => Assert.Equal(MapIdentity.Unknown, MapIdentities.Compare(Complete(Made) with { IsPrivate = true }, Complete(MadeElsewhere)));

    private static MapOperand Complete(params MapRoot[] roots) => new(roots, IsComplete: true, IsPrivate: false);
}

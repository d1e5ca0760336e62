using Faultline.Diagnosis.Accesses;

namespace Faultline.Diagnosis.Tests.Accesses;

public sealed class SourceExpressionTests
{
    [Theory]
    [InlineData(AccessOperation.MapRead, "\treturn r.byID[id]", "r.byID[id]")]
    [InlineData(AccessOperation.MapRead, "\tif s, ok := r.byID[keyOf(id)]; ok { // see [1]", "r.byID[keyOf(id)]")]
    [InlineData(AccessOperation.MapRead, "\tv := tables[i].rows[names[j]]", "tables[i]")]
    [InlineData(AccessOperation.MapRead, "\tx := (map[string]int)(m)[k]", "(map[string]int)(m)[k]")]
    [InlineData(AccessOperation.MapWrite, "\tr.byID[id] = s", "r.byID[id] = s")]
    [InlineData(AccessOperation.MapWrite, "\t\tm[i%64]++", "m[i%64]++")]
    [InlineData(AccessOperation.MapWrite, "\tcounts[parts[0]] += len(parts)", "counts[parts[0]] += len(parts)")]
    [InlineData(AccessOperation.MapWrite, "\tlast := seen[a]; seen[b] = last", "seen[b] = last")]
    [InlineData(AccessOperation.MapDelete, "\tdelete(c.items, keys[0])", "delete(c.items, keys[0])")]
    [InlineData(AccessOperation.MapIterate, "\tfor id, s := range r.byID {", "for id, s := range r.byID")]
    [InlineData(AccessOperation.MapClear, "\tclear(c.items)", "clear(c.items)")]
    [InlineData(AccessOperation.MapClone, "\tcopy := maps.Clone(c.items)", "maps.Clone(c.items)")]
    [InlineData(AccessOperation.ChanSend, "\tcase b.out <- event:", "case b.out <- event")]
    [InlineData(AccessOperation.ChanReceive, "\tv := <-jobs", "<-jobs")]
    [InlineData(AccessOperation.ChanClose, "\tclose(b.out)", "close(b.out)")]
    [InlineData(AccessOperation.Unlock, "\tdefer c.mu.Unlock()", "c.mu.Unlock()")]
    public void What_the_programmer_wrote_is_cut_out_of_the_line(AccessOperation operation, string line, string expected)
        => Assert.Equal(expected, SourceExpression.Restore(operation, line, null));

    [Theory]
    [InlineData(AccessOperation.MapRead, null, "m[key]")]
    [InlineData(AccessOperation.MapWrite, "sessions", "sessions[key] = value")]
    [InlineData(AccessOperation.MapIterate, null, "for key, value := range m")]
    [InlineData(AccessOperation.Other, null, "")]
    public void Without_the_source_a_neutral_form_stands_in(AccessOperation operation, string? variable, string expected)
        => Assert.Equal(expected, SourceExpression.Restore(operation, null, variable));

    [Theory]
    [InlineData("\treturn nil")]
    [InlineData("]]][[[")]
    [InlineData("")]
    [InlineData("\tx[")]
    public void A_line_that_holds_no_such_operation_falls_back(string line)
        => Assert.Equal("m[key] = value", SourceExpression.Restore(AccessOperation.MapWrite, line, null));
}

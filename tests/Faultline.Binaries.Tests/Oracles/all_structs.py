"""Run by gdb: prints "struct NAME SIZE" and "field NAME OFFSET SIZE" lines, parted by tabs, for every struct type that gdb lists."""
import gdb

POINTER_SIZE = 8


def size_of(kind):
    # gdb gives functions the size 1; what Go keeps is a pointer to a closure.
    kind = kind.strip_typedefs()
    return POINTER_SIZE if kind.code == gdb.TYPE_CODE_FUNC else kind.sizeof


for line in sorted(set(gdb.execute("info types", to_string=True).splitlines())):
    name = line.strip().removesuffix(";")
    try:
        kind = gdb.lookup_type(name).strip_typedefs()
    except gdb.error:
        continue
    if kind.code != gdb.TYPE_CODE_STRUCT or kind.name != name:
        continue
    print("struct", name, kind.sizeof, sep="\t")
    for field in kind.fields():
        print("field", field.name, field.bitpos // 8, size_of(field.type), sep="\t")

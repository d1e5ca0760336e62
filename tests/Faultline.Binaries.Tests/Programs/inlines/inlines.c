/* Inlined calls, pieces of cold code and locals in registers, for every version of DWARF. */
#include <stdio.h>
#include <stdlib.h>

struct shape {
  int kind;
  double size[3];
  struct shape *next;
};

struct shape *shapes;
static int seen[16];

static inline __attribute__((always_inline)) int inner(int n) {
  if (__builtin_expect(n > 1000, 0))
    abort();
  seen[n & 15]++;
  return n * 3;
}

static inline __attribute__((always_inline)) int middle(int n) { return inner(n) + inner(n + 1); }

__attribute__((noinline)) int outer(int count, const char *name) {
  int total = 0;
  for (int i = 0; i < count; i++) {
    int step = middle(i);
    total += step;
  }
  if (total > 100)
    puts(name);
  return total;
}

int main(int argc, char **argv) {
  shapes = calloc(1, sizeof *shapes);
  shapes->kind = outer(argc, argv[0]);
  return shapes->kind & 1;
}

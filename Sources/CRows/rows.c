#include "crows.h"

#include <stddef.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__ELF__)
#define WIDEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDEST
#endif

typedef double v8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t m8 __attribute__((vector_size(64)));

#define LOAD(pointer) (*(const v8 *)(pointer))
#define STORE(pointer, value) (*(v8 *)(pointer) = (value))

WIDEST int64_t crows_arrive(
  double *a, double *b, const double *weights, int64_t count, const crows_window *window, int32_t *found) {
  const crows_window w = *window;
  int64_t number = 0;
  for (int64_t k = 0; k < count; k += 8) {
    v8 x = LOAD(a + k), z = LOAD(b + k);
    if (weights != NULL) {
      const v8 added = LOAD(weights + k);
      x += added * w.toA;
      z += added * w.toB;
      STORE(a + k, x);
      STORE(b + k, z);
    }
    const v8 end = x * w.endYm + z * w.endC;
    const v8 current = z * w.ys;
    const v8 potential = x * w.ym + z * w.c;
    const m8 rises = (current > potential) & (current > w.leastCurrent);
    const v8 lifted = (v8)((m8)potential & (potential > 0)) + current * w.largestGain;
    const m8 turns = rises & (end > z * w.endYs) & (lifted >= w.theta);
    const m8 flags = (end >= w.theta) | turns;
    int64_t any = 0;
    for (int lane = 0; lane < 8; lane++) any |= flags[lane];
    if (any != 0)
      for (int lane = 0; lane < 8; lane++)
        if (flags[lane]) found[number++] = (int32_t)(k + lane);
  }
  return number;
}

WIDEST int64_t crows_earliest(const double *times, int64_t count) {
  v8 least = LOAD(times);
  for (int64_t k = 8; k < count; k += 8) {
    const v8 next = LOAD(times + k);
    const m8 less = next < least;
    least = (v8)(((m8)next & less) | ((m8)least & ~less));
  }
  double smallest = least[0];
  for (int lane = 1; lane < 8; lane++) smallest = least[lane] < smallest ? least[lane] : smallest;
  for (int64_t k = 0; k < count; k += 8) {
    const m8 equal = LOAD(times + k) == smallest;
    int64_t any = 0;
    for (int lane = 0; lane < 8; lane++) any |= equal[lane];
    if (any != 0)
      for (int lane = 0; lane < 8; lane++)
        if (equal[lane]) return k + lane;
  }
  return 0;
}

WIDEST void crows_rebase(double *a, double *b, int64_t count, double aa, double ab, double bb) {
  for (int64_t k = 0; k < count; k += 8) {
    const v8 z = LOAD(b + k);
    STORE(a + k, LOAD(a + k) * aa + z * ab);
    STORE(b + k, z * bb);
  }
}

WIDEST double crows_collect(
  const double *p, const double *q, const double *weights, double *gradient, int64_t count, const crows_instant *instant) {
  const crows_instant s = *instant;
  v8 sum = {0};
  for (int64_t k = 0; k < count; k += 8) {
    const v8 x = LOAD(p + k);
    const v8 lambdaV = x * s.iym;
    const v8 lambdaI = LOAD(q + k) * s.iys + x * s.ip;
    STORE(gradient + k, LOAD(gradient + k) - lambdaI * s.tauSyn);
    sum += LOAD(weights + k) * (lambdaV - lambdaI);
  }
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

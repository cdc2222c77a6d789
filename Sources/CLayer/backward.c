#include <stddef.h>

#include "CLayer.h"
#include "vectors.h"

/// Collects at an arrival from some neurons.
#define COLLECT(V, width, count)                                                                       \
  {                                                                                                    \
    V sum = *(const V *)(sums + k * LANES);                                                            \
    const double *weights = t.weights + in.row[k];                                                     \
    double *gradient = t.gradient + in.row[k];                                                         \
    const double iys = in.iys[k], ip = in.toA[k] * ratio, direct = in.iym[k] - ip;                     \
    const double scaledIys = iys * tauSyn, scaledIp = ip * tauSyn;                                     \
    for (int64_t first = 0; first < count; first += width, weights += t.stride, gradient += t.stride) { \
      const V p = *(const V *)(t.p + first), q = *(const V *)(t.q + first), w = *(const V *)weights;   \
      *(V *)gradient -= q * scaledIys + p * scaledIp;                                                  \
      sum += w * (p * direct - q * iys);                                                               \
      if (times != NULL) {                                                                             \
        *(V *)(t.tauMem + first) -= w * (p * times->mem[k]);                                           \
        *(V *)(t.tauSyn + first) -= w * (q * times->syn[k] + p * times->cross[k]);                     \
      }                                                                                                \
    }                                                                                                  \
    *(V *)(sums + k * LANES) = sum;                                                                    \
  }

/// Collects at the arrivals `low ..< high`, the last one first.
INLINE void collect(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_adjoint *tile, const clayer_times *times, int64_t low,
  int64_t high, double *sums) {
  const double ratio = clock->adjointRatio, tauSyn = clock->tauSyn;
  const clayer_entries in = *entries;
  const clayer_adjoint t = *tile;
  if (t.lanes == 4) {
    for (int64_t k = high - 1; k >= low; k--) COLLECT(v4, 4, 4)
  } else if (t.lanes == LANES) {
    for (int64_t k = high - 1; k >= low; k--) COLLECT(v8, LANES, LANES)
  } else {
    for (int64_t k = high - 1; k >= low; k--) COLLECT(v8, LANES, t.lanes)
  }
}

WIDEST int64_t clayer_backward(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_adjoint *tile, int64_t start, int64_t low, int64_t high,
  const clayer_found *found, int64_t first, int64_t last, int32_t neuron, double *sums, int64_t *isActive) {
  const double ratio = clock->adjointRatio;
  const clayer_adjoint t = *tile;
  int64_t e = high;
  while (1) {
    const int64_t window = last > first ? found->window[last - 1] : -1;
    const int64_t until = window >= low ? window + 1 : low;
    if (*isActive != 0) collect(clock, entries, tile, NULL, until, e, sums);
    if (window < start) return last;
    e = window + 1;
    for (; last > first && found->window[last - 1] == window; last--) {
      const int64_t s = last - 1, n = found->neuron[s] - neuron;
      const double sum = found->gradient[s] + t.height[n] * t.p[n] / found->ym[s];
      if (sum == 0) continue;
      const double jump = sum * found->inverse[s];
      t.p[n] += jump * found->ym[s];
      t.q[n] += jump * ratio * found->c[s];
      *isActive = 1;
    }
  }
}

WIDEST void clayer_collect(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_adjoint *tile, const clayer_times *times, int64_t low,
  int64_t high, double *sums) {
  collect(clock, entries, tile, times, low, high, sums);
}

WIDEST double clayer_collect_row(
  const clayer_clock *clock, const clayer_adjoint *tile, const clayer_instant *now, const clayer_times *times) {
  double toA, iym = 1 / now->ym, iys = 1 / now->ys, sums[LANES] = {0};
  int32_t row = 0;
  toA = -(now->c * iys) * iym;
  const clayer_entries entry = {NULL, NULL, NULL, NULL, &iym, &iys, &toA, &row};
  collect(clock, &entry, tile, times, 0, 1, sums);
  return SUM_OF(sums);
}

WIDEST void clayer_rebase(double *a, double *b, int64_t count, double aa, double ab, double bb) {
  for (int64_t k = 0; k < count; k += LANES) {
    const v8 z = LOAD(b + k);
    STORE(a + k, LOAD(a + k) * aa + z * ab);
    STORE(b + k, z * bb);
  }
}

void clayer_add_sums(const double *sums, clayer_spike *spikes, int64_t count) {
  for (int64_t n = 0; n < count; n++) {
    const double *s = sums + n * LANES;
    spikes[n].gradient += SUM_OF(s);
  }
}

void clayer_clear_rows(double *gradient, int64_t stride, int64_t lanes, const int32_t *rows, int64_t count) {
  for (int64_t first = 0; first < lanes; first += LANES, gradient += stride)
    for (int64_t n = 0; n < count; n++)
      for (int lane = 0; lane < LANES; lane++) gradient[rows[n] + lane] = 0;
}

int64_t clayer_touch_rows(const int32_t *rows, int64_t entries, int8_t *isTouched, int32_t *touched, int64_t count) {
  for (int64_t n = 0; n < entries; n++) {
    touched[count] = rows[n];
    count += !isTouched[rows[n] / LANES];
    isTouched[rows[n] / LANES] = 1;
  }
  return count;
}

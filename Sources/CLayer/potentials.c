#include "CLayer.h"
#include "vectors.h"

WIDEST void clayer_maxima(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_tile *tile, int64_t from, int64_t to, int64_t isLast,
  const clayer_maximum *maximum) {
  const clayer_clock k = *clock;
  const clayer_entries in = *entries;
  const double toRatio = 1 / (1 - k.kappa), spread = k.b - k.a;
  for (int64_t first = 0; first < tile->lanes; first += LANES) {
    v8 x = LOAD(tile->a + first), z = LOAD(tile->b + first);
    v8 best = LOAD(maximum->excess + first), place = LOAD(maximum->place + first);
    v8 a = LOAD(maximum->a + first), b = LOAD(maximum->b + first);
    const double *weights = tile->weights + first / LANES * tile->stride;
    for (int64_t e = from; e < to; e++) {
      const v8 w = LOAD(weights + in.row[e]);
      const v8 oldA = x, oldB = z;
      x += w * in.toA[e];
      z += w * in.iys[e];
      const v8 now = x * in.ym[e] + z * in.c[e];
      const m8 higher = now > best;
      best = SELECT(higher, now, best);
      place = SELECT(higher, ALL((double)e), place);
      a = SELECT(higher, oldA, a);
      b = SELECT(higher, oldB, b);
      const v8 current = z * in.ys[e], end = x * in.ym[e + 1] + z * in.c[e + 1];
      const m8 turns = (current > now) & (end > z * in.ys[e + 1]) & (SELECT(now > 0, now, now * 0) + current * k.largestGain > best);
      if (ANY(turns) == 0) continue;
      // At a maximum U = I.
      v8 peak;
      if (k.kind == clayer_two_to_one) {
        peak = x * x / (4 * z);
      } else if (k.kind == clayer_equal) {
        const v8 exponent = (x - z) / z;
        exp8(&exponent, &peak);
        peak *= z;
      } else {
        v8 ratio = x / z * toRatio, exponent;
        ratio = SELECT(turns, ratio, ALL(1));
        log8(&ratio, &exponent);
        exponent *= k.b / spread;
        exp8(&exponent, &peak);
        peak *= z;
      }
      const m8 top = turns & (peak > best);
      best = SELECT(top, peak, best);
      place = SELECT(top, ALL((double)e + 0.5), place);
      a = SELECT(top, x, a);
      b = SELECT(top, z, b);
    }
    if (isLast != 0) {
      const v8 now = x * in.ym[to] + z * in.c[to];
      const m8 higher = now > best;
      best = SELECT(higher, now, best);
      place = SELECT(higher, ALL((double)to), place);
    }
    STORE(tile->a + first, x);
    STORE(tile->b + first, z);
    STORE(maximum->excess + first, best);
    STORE(maximum->place + first, place);
    STORE(maximum->a + first, a);
    STORE(maximum->b + first, b);
  }
}

WIDEST void clayer_weigh_rows(
  const double *weights, int64_t stride, int64_t lanes, const double *factors, int64_t rows, double *sums) {
  for (int64_t first = 0; first < lanes; first += LANES, weights += stride) {
    v8 sum = LOAD(sums + first);
    for (int64_t row = 0; row < rows; row++)
      if (factors[row] != 0) sum += LOAD(weights + row * LANES) * factors[row];
    STORE(sums + first, sum);
  }
}

WIDEST void clayer_weigh_lanes(
  const double *weights, int64_t stride, int64_t lanes, const double *factors, int64_t rows, double *sums) {
  for (int64_t row = 0; row < rows; row++) {
    v8 sum = {0};
    const double *w = weights + row * LANES;
    for (int64_t first = 0; first < lanes; first += LANES, w += stride) sum += LOAD(w) * LOAD(factors + first);
    sums[row] = SUM_OF(sum);
  }
}

WIDEST void clayer_subtract_product(
  double *gradient, int64_t stride, int64_t lanes, const double *byRow, int64_t rows, const double *byLane) {
  for (int64_t first = 0; first < lanes; first += LANES, gradient += stride) {
    const v8 factor = LOAD(byLane + first);
    for (int64_t row = 0; row < rows; row++)
      if (byRow[row] != 0) STORE(gradient + row * LANES, LOAD(gradient + row * LANES) - factor * byRow[row]);
  }
}

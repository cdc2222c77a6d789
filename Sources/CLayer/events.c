#include <stddef.h>

#include "CLayer.h"
#include "crossings.h"
#include "vectors.h"

/// The flags of neurons that may reach the threshold in a window.
#define FLAGS(z, near, now, end, last) (((last) >= (near)) | (((z) * (now).ys > (near)) & ((last) > (z) * (end).ys)))

/// Moves the eight neurons to the front among which one seems to spike first.
///
/// Once it is solved, most others are seen to be below the threshold at its spike.
INLINE void put_earliest_first(
  const rates *r, const clayer_tile *t, int32_t *lanes, int64_t number, const clayer_instant *start,
  const clayer_instant *end) {
  double least = __builtin_inf();
  int64_t chosen = 0;
  const v8 length = ALL(end->time - start->time);
  for (int64_t first = 0; first + LANES <= number; first += LANES) {
    v8 a, b, theta, x;
    for (int lane = 0; lane < LANES; lane++) {
      const int32_t n = lanes[first + lane];
      a[lane] = t->a[n];
      b[lane] = t->b[n];
      theta[lane] = t->theta[n];
    }
    const v8 excess = a * start->ym + b * start->c, rise = b * start->ys - excess;
    const v8 below = excess - theta, above = a * end->ym + b * end->c - theta;
    const v8 current = b * start->ys;
    estimate(r, &rise, &current, &below, &above, &length, &x);
    x = SELECT(x >= 0, x, ALL(__builtin_inf()));
    for (int lane = 0; lane < LANES; lane++) {
      if (x[lane] < least) least = x[lane], chosen = first;
    }
  }
  for (int lane = 0; lane < LANES && chosen > 0; lane++) {
    const int32_t n = lanes[lane];
    lanes[lane] = lanes[chosen + lane];
    lanes[chosen + lane] = n;
  }
}

WIDEST int64_t clayer_next(
  const clayer_clock *clock, const clayer_tile *tile, const double *row, const clayer_instant *now, const clayer_instant *windowEnd,
  int32_t *lanes, clayer_crossing *crossing, clayer_open *open) {
  const clayer_clock k = *clock;
  const clayer_tile t = *tile;
  rates r;
  set_rates(&k, &r);
  const v8 gains = ALL(k.largestGain);
  const clayer_instant start = *now;
  clayer_instant end = *windowEnd;
  const double toB = 1 / start.ys, toA = -(start.c * toB) / start.ym;
  int64_t number = 0;
  for (int64_t first = 0; first < t.lanes; first += LANES) {
    v8 x = LOAD(t.a + first), z = LOAD(t.b + first);
    if (row != NULL) {
      const v8 w = LOAD(row + first);
      x += w * toA;
      z += w * toB;
      STORE(t.a + first, x);
      STORE(t.b + first, z);
    }
    const v8 near = LOAD(t.nearTheta + first), last = x * end.ym + z * end.c;
    const m8 flags = FLAGS(z, near, start, end, last);
    const uint32_t bits = BITS8(flags);
    if (bits != 0) number = list(bits, first, lanes, number);
  }
  if (number > LANES && k.kind != clayer_two_to_one) put_earliest_first(&r, &t, lanes, number, &start, &end);
  int64_t winner = -1;
  open->count = 0;
  m8 delicate = {0};
  const v8 time = ALL(start.time), ym = ALL(start.ym), ys = ALL(start.ys);
  for (int64_t first = 0; first < number; first += LANES) {
    const int64_t used = number - first < LANES ? number - first : LANES;
    v8 a, b, theta;
    for (int lane = 0; lane < LANES; lane++) {
      const int32_t n = lanes[first + (lane < used ? lane : 0)];
      a[lane] = t.a[n];
      b[lane] = t.b[n];
      theta[lane] = t.theta[n];
    }
    // Only what happens before the earliest crossing so far counts.
    const v8 endExcess = a * end.ym + b * end.c, endCurrent = b * end.ys;
    const v8 current = b * start.ys, margin = 1e-11 * (ABSOLUTE(theta) + ABSOLUTE(endCurrent));
    delicate |= (theta < __builtin_inf()) & (ABSOLUTE(endExcess - theta) <= margin);
    const m8 flags = FLAGS(b, theta - margin, start, end, endExcess);
    if (ANY(flags) == 0) continue;
    const v8 excess = a * start.ym + b * start.c;
    const v8 endTime = ALL(end.time);
    crossings x;
    x.lost = ALL(0);
    if (k.kind == clayer_two_to_one) solve_parabola(&excess, &current, &ym, &theta, end.ym, &x);
    else if (k.kind == clayer_close) x.spikes = (m8){0}, x.open = theta < __builtin_inf();
    else solve_iteratively(&r, &gains, &excess, &current, &time, &ym, &ys, &theta, &endExcess, &endTime, &x);
    const m8 general = (theta <= 0) & flags;
    x.open |= general;
    x.spikes &= ~general;
    if (ANY(x.open) != 0) {
      for (int64_t lane = 0; lane < used; lane++) {
        open->lane[open->count] = lanes[first + lane];
        open->count -= x.open[lane];
      }
    }
    if (ANY(x.spikes) == 0) continue;
    int64_t best = -1;
    for (int64_t lane = 0; lane < used; lane++) {
      if (x.spikes[lane] == 0) continue;
      if (best < 0 || (k.kind == clayer_two_to_one ? x.ym[lane] > x.ym[best] : x.time[lane] < x.time[best])) best = lane;
    }
    winner = lanes[first + best];
    crossing->lost = x.lost[best];
    end.ym = x.ym[best];
    end.ys = x.ys[best];
    if (k.kind != clayer_two_to_one) end.time = x.time[best];
    end.c = k.kind == clayer_equal ? (end.time - start.epoch * k.epochLength) * k.a * end.ym : end.ys * k.kappa;
    // Another neuron at its threshold at that instant.
    v8 others = theta;
    others[best] = __builtin_inf();
    for (int64_t lane = used; lane < LANES; lane++) others[lane] = __builtin_inf();
    const v8 there = a * end.ym + b * end.c;
    delicate |= (others < __builtin_inf()) & (ABSOLUTE(there - others) <= 1e-11 * (ABSOLUTE(others) + ABSOLUTE(b * end.ys)));
  }
  open->isDelicate |= ANY(delicate) != 0;
  crossing->lane = winner;
  crossing->instant = end;
  return number;
}

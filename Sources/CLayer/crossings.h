// The crossings of eight neurons in a window, side by side.
#pragma once

#include "CLayer.h"
#include "vectors.h"

/// The time constants of eight neurons.
typedef struct {
  clayer_kind kind;
  double kappa;
  v8 a, b;         ///< 1/tau_mem and 1/tau_syn, per second.
  v8 slow, spread; ///< The smaller of the two, and what the other one has more; for neurons of their own only.
  v8 inverse;      ///< 1/spread, or 0.
} rates;

/// The time constants of a clock, the same for all neurons.
INLINE void set_rates(const clayer_clock *k, rates *r) {
  r->kind = k->kind;
  r->kappa = k->kappa;
  r->a = ALL(k->a);
  r->b = ALL(k->b);
}

/// The decays over a length, and how much of a unit of current reaches V.
///
/// Of neurons of their own the slower decay is computed, and how much more the faster one takes away: nothing cancels at any ratio. No
/// length is longer than 700 time constants, after which nothing remains of a state.
INLINE void decay(const rates *r, const v8 *length, v8 *mem, v8 *syn, v8 *gain) {
  const v8 x = *length;
  if (r->kind != clayer_own) {
    const v8 minusMem = -(x * r->a), minusSyn = -(x * r->b);
    exp8(&minusMem, mem);
    if (r->kind == clayer_equal) {
      *syn = *mem;
      *gain = x * r->a * *mem;
    } else {
      exp8(&minusSyn, syn);
      *gain = (*syn - *mem) * r->kappa;
    }
    return;
  }
  v8 minusSlow = -(x * r->slow), minusSpread = -(x * r->spread), decay, rest;
  minusSlow = SELECT(minusSlow < -700, ALL(-700), minusSlow);
  minusSpread = SELECT(minusSpread < -700, ALL(-700), minusSpread);
  exp8(&minusSlow, &decay);
  expm1_8(&minusSpread, &rest);
  const v8 fast = decay * (1 + rest);
  *mem = SELECT(r->a == r->slow, decay, fast);
  *syn = SELECT(r->a == r->slow, fast, decay);
  *gain = r->a * (decay * SELECT(r->spread == 0, x, -rest * r->inverse));
}

/// The crossings of eight neurons: masks of those that spike, those left to the caller, and the instants.
///
/// At tau_mem = 2 tau_syn `time` stays the start, and `lost` is the part of V that has decayed until the crossing.
typedef struct {
  m8 spikes, open;
  v8 time, ym, ys, lost;
} crossings;

/// The root of a parabola in the decay of V, for tau_mem = 2 tau_syn.
INLINE void solve_parabola(const v8 *excess, const v8 *current, const v8 *ym, const v8 *theta, double endYm, crossings *result) {
  const v8 rise = *current - *excess, missing = *theta - *excess;
  const v8 square = rise * rise, bound = square * 1e-4;
  const v8 discriminant = square - 4 * *current * missing;
  const m8 possible = (missing > 0) & (*current > *theta) & (rise > 0);
  const m8 strong = discriminant > bound;
  const v8 lost = 2 * missing / (rise + ROOT(SELECT(strong, discriminant, square)));
  const v8 at = *ym * (1 - lost);
  result->spikes = possible & strong & (at > endYm) & (lost < 1);
  result->open = (missing <= 0) | (possible & ~strong & ~(discriminant < -bound));
  result->ym = at;
  result->ys = at * at;
  result->lost = lost;
}

/// A first guess of the crossing.
///
/// V rises with ever less curvature. The parabola with the value, slope and curvature of the start therefore reaches the threshold after V
/// does, but before V turns. Where it does not reach it, the parabola through the end of the window does, or else the tangent, which
/// reaches it before V does.
INLINE void estimate(
  const rates *k, const v8 *rise, const v8 *current, const v8 *below, const v8 *above, const v8 *length, v8 *result) {
  const v8 slope = *rise * k->a, twice = -2 * *below;
  const v8 bend = (*rise * k->a + *current * k->b) * -k->a;
  const v8 early = slope * slope + bend * twice;
  const v8 chord = (*above - *below - slope * *length) / (*length * *length);
  const v8 late = slope * slope + 2 * chord * twice;
  const v8 root = SELECT(early > 0, early, SELECT(*above >= 0, late, slope * slope));
  const v8 guess = twice / (slope + ROOT(root));
  *result = SELECT((*above >= 0) & (guess > *length), *length, guess);
}

/// Halley's iteration, from a start to an end on one clock.
///
/// With s = f/f' and q = s f''/(2 f') a step is s/(1 - q). Its error is about s q^2, or the cube of the step where that is larger.
INLINE void solve_iteratively(
  const rates *r, const v8 *largestGain, const v8 *excess, const v8 *current, const v8 *time, const v8 *ym, const v8 *ys, const v8 *theta,
  const v8 *endExcess, const v8 *endTime, crossings *result) {
  const v8 u = *excess, i = *current;
  const v8 rise = i - u, below = u - *theta, above = *endExcess - *theta, length = *endTime - *time;
  const m8 possible = (below < 0) & (i > *theta) & (rise > 0);
  const m8 wanted = possible & ((above >= 0) | (SELECT(u > 0, u, u * 0) + i * *largestGain >= *theta));
  result->open = below >= 0;
  result->spikes = wanted;
  if (ANY(wanted) == 0) return;
  v8 x;
  estimate(r, &rise, &i, &below, &above, &length, &x);
  m8 rises = x >= 0, converged = {0};
  v8 mem, syn, gain, step;
  for (int round = 0; round < 8; round++) {
    decay(r, &x, &mem, &syn, &gain);
    const v8 potential = u * mem + i * gain, now = i * syn;
    const v8 slope = (now - potential) * r->a;
    const v8 newton = (potential - *theta) / slope;
    const v8 q = newton * (-0.5 * r->a) * (1 + now * r->b / slope);
    step = newton / (1 - q);
    x -= step;
    rises &= (x >= 0) & (slope > 0);
    const v8 size = ABSOLUTE(step) * (r->a + r->b);
    converged = size * (q * q + size * size) < 1e-18;
    if (ANY(wanted & rises & ~converged) == 0) break;
  }
  const m8 solved = wanted & rises & converged;
  const v8 moreMem = step * r->a, moreSyn = step * r->b;
  result->open |= wanted & ~solved;
  result->time = *time + x;
  result->spikes = solved & (result->time < *endTime);
  result->ym = *ym * (mem * (1 + moreMem * (1 + moreMem * 0.5)));
  result->ys = *ys * (syn * (1 + moreSyn * (1 + moreSyn * 0.5)));
}

/// Lists the neurons from `first` on whose bits are set.
INLINE int64_t list(uint64_t bits, int64_t first, int32_t *lanes, int64_t number) {
  for (; bits != 0; bits &= bits - 1) lanes[number++] = (int32_t)first + __builtin_ctzll(bits);
  return number;
}

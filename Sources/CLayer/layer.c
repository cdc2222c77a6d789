#include "CLayer.h"

#include <stddef.h>
#include <string.h>

#include "vectors.h"

#define LANES 8
/// The most neurons of a tile.
#define MOST 128

// --- Instants

WIDEST void clayer_instants(const clayer_clock *clock, clayer_spike *spikes, int64_t count) {
  const clayer_clock k = *clock;
  for (int64_t first = 0; first < count; first += LANES) {
    const int64_t lanes = count - first < LANES ? count - first : LANES;
    v8 time = {0};
    for (int64_t lane = 0; lane < lanes; lane++) time[lane] = spikes[first + lane].time;
    const v8 epochs = time / k.epochLength;
    const v8 nearest = (epochs + WHOLE) - WHOLE;
    const v8 epoch = nearest - (v8)((m8)(v8){1, 1, 1, 1, 1, 1, 1, 1} & (nearest > epochs));
    const v8 x = time - epoch * k.epochLength;
    const v8 minusMem = x * -k.a, minusSyn = x * -k.b;
    v8 ym, ys;
    exp8(&minusMem, &ym);
    if (k.kind == clayer_two_to_one) ys = ym * ym;
    else if (k.kind == clayer_equal) ys = ym;
    else exp8(&minusSyn, &ys);
    const v8 c = k.kind == clayer_equal ? x * k.a * ym : ys * k.kappa;
    for (int64_t lane = 0; lane < lanes; lane++) {
      clayer_spike *spike = spikes + first + lane;
      spike->ym = ym[lane];
      spike->ys = ys[lane];
      spike->c = c[lane];
      spike->epoch = (int32_t)epoch[lane];
    }
  }
}

int64_t clayer_copy(
  const clayer_spike *spikes, int64_t first, int64_t count, const clayer_entries *entries, int64_t entry) {
  const clayer_entries e = *entries;
  int64_t number = first;
  const int32_t epoch = spikes[first].epoch;
  for (; number < count && spikes[number].epoch == epoch; number++, entry++) {
    e.time[entry] = spikes[number].time;
    e.ym[entry] = spikes[number].ym;
    e.ys[entry] = spikes[number].ys;
    e.c[entry] = spikes[number].c;
    e.row[entry] = spikes[number].neuron * LANES;
  }
  return number - first;
}

WIDEST void clayer_complete(const clayer_entries *entries, int64_t count) {
  const clayer_entries e = *entries;
  for (int64_t k = 0; k < count; k += LANES) {
    const v8 iym = 1 / LOAD(e.ym + k), iys = 1 / LOAD(e.ys + k);
    STORE(e.iym + k, iym);
    STORE(e.iys + k, iys);
    STORE(e.toA + k, -(LOAD(e.c + k) * iys) * iym);
  }
}

// --- Forwards

/// Neurons that have spiked and may spike again in the same window, side by side.
typedef struct {
  double a[MOST + LANES], b[MOST + LANES], theta[MOST + LANES], reset[MOST + LANES], current[MOST + LANES];
  double time[MOST + LANES], ym[MOST + LANES], ys[MOST + LANES];
  int32_t lane[MOST + LANES], spike[MOST + LANES];
} again;

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
  const clayer_clock *k, const v8 *rise, const v8 *current, const v8 *below, const v8 *above, const v8 *length, v8 *result) {
  const v8 slope = *rise * k->a, twice = -2 * *below;
  const v8 bend = (*rise * k->a + *current * k->b) * -k->a;
  const v8 early = slope * slope + bend * twice;
  const v8 chord = (*above - *below - slope * *length) / (*length * *length);
  const v8 late = slope * slope + 2 * chord * twice;
  const v8 root = SELECT(early > 0, early, SELECT(*above >= 0, late, slope * slope));
  const v8 guess = twice / (slope + ROOT(root));
  *result = SELECT((*above >= 0) & (guess > *length), *length, guess);
}

/// Halley's iteration.
///
/// With s = f/f' and q = s f''/(2 f') a step is s/(1 - q). Its error is about s q^2, or the cube of the step where that is larger.
INLINE void solve_iteratively(
  const clayer_clock *k, const v8 *excess, const v8 *current, const v8 *time, const v8 *ym, const v8 *ys, const v8 *theta,
  const v8 *endExcess, double endTime, crossings *result) {
  const double a = k->a, b = k->b;
  const v8 u = *excess, i = *current;
  const v8 rise = i - u, below = u - *theta, above = *endExcess - *theta, length = endTime - *time;
  const m8 possible = (below < 0) & (i > *theta) & (rise > 0);
  const m8 wanted = possible & ((above >= 0) | (SELECT(u > 0, u, u * 0) + i * k->largestGain >= *theta));
  result->open = below >= 0;
  result->spikes = wanted;
  if (ANY(wanted) == 0) return;
  v8 x;
  estimate(k, &rise, &i, &below, &above, &length, &x);
  m8 rises = x >= 0, converged = {0};
  v8 mem, syn, step;
  for (int round = 0; round < 8; round++) {
    const v8 minusMem = x * -a, minusSyn = x * -b;
    exp8(&minusMem, &mem);
    v8 gain;
    if (k->kind == clayer_equal) {
      syn = mem;
      gain = x * a * mem;
    } else {
      exp8(&minusSyn, &syn);
      gain = (syn - mem) * k->kappa;
    }
    const v8 potential = u * mem + i * gain, now = i * syn;
    const v8 slope = (now - potential) * a;
    const v8 newton = (potential - *theta) / slope;
    const v8 q = newton * (-0.5 * a) * (1 + now * b / slope);
    step = newton / (1 - q);
    x -= step;
    rises &= (x >= 0) & (slope > 0);
    const v8 size = ABSOLUTE(step) * (a + b);
    converged = size * (q * q + size * size) < 1e-18;
    if (ANY(wanted & rises & ~converged) == 0) break;
  }
  const m8 solved = wanted & rises & converged;
  const v8 moreMem = step * a, moreSyn = step * b;
  result->open |= wanted & ~solved;
  result->time = *time + x;
  result->spikes = solved & (result->time < endTime);
  result->ym = *ym * (mem * (1 + moreMem * (1 + moreMem * 0.5)));
  result->ys = *ys * (syn * (1 + moreSyn * (1 + moreSyn * 0.5)));
}

/// Lets candidates spike, again and again until none reaches the threshold before the window ends.
INLINE void let_spike(
  const clayer_clock *clock, const clayer_tile *tile, const int32_t *candidates, int64_t number, const clayer_instant *start,
  const clayer_instant *end, double epochStart, clayer_found *found, clayer_open *open) {
  const clayer_clock k = *clock;
  const clayer_tile t = *tile;
  const clayer_found f = *found;
  again next;
  int64_t count = f.count, searched = 0;
  m8 delicate = {0};
  const m8 mayRepeat = (m8){0} - (t.spikesOnce == 0);
  const int32_t *lanes = candidates;
  for (int round = 0; number > 0; round++) {
    int64_t left = 0;
    for (int64_t first = 0; first < number; first += LANES) {
      const int64_t used = number - first < LANES ? number - first : LANES;
      v8 a, b, theta, reset, excess, current, time, ym, ys;
      if (round == 0) {
        for (int lane = 0; lane < LANES; lane++) {
          const int32_t n = lanes[first + (lane < used ? lane : 0)];
          a[lane] = t.a[n];
          b[lane] = t.b[n];
          theta[lane] = t.theta[n];
          reset[lane] = t.reset[n];
        }
        excess = a * start->ym + b * start->c;
        current = b * start->ys;
        time = ALL(start->time);
        ym = ALL(start->ym);
        ys = ALL(start->ys);
      } else {
        a = LOAD(next.a + first);
        b = LOAD(next.b + first);
        theta = LOAD(next.theta + first);
        excess = reset = LOAD(next.reset + first);
        current = LOAD(next.current + first);
        time = LOAD(next.time + first);
        ym = LOAD(next.ym + first);
        ys = LOAD(next.ys + first);
      }
      const v8 endExcess = a * end->ym + b * end->c, endCurrent = b * end->ys;
      delicate |= (theta < __builtin_inf())
                  & (ABSOLUTE(endExcess - theta) <= 1e-11 * (ABSOLUTE(theta) + ABSOLUTE(endCurrent)));
      crossings x;
      x.time = time;
      if (k.kind == clayer_two_to_one) solve_parabola(&excess, &current, &ym, &theta, end->ym, &x);
      else if (k.kind == clayer_close) x.spikes = (m8){0}, x.open = theta < __builtin_inf();
      else solve_iteratively(&k, &excess, &current, &time, &ym, &ys, &theta, &endExcess, end->time, &x);
      if (ANY(x.open) != 0) {
        for (int64_t lane = 0; lane < used; lane++) {
          open->lane[searched] = lanes[first + lane];
          open->spike[searched] = round == 0 ? -1 : next.spike[first + lane];
          searched -= x.open[lane];
        }
      }
      if (ANY(x.spikes) == 0) continue;
      const v8 response = k.kind == clayer_equal ? (x.time - epochStart) * k.a * x.ym : x.ys * k.kappa;
      const v8 before = b * x.ys, inverse = 1 / (before - theta), after = (reset - b * response) / x.ym;
      const v8 endAfter = after * end->ym + b * end->c;
      const v8 near = theta * (1 - 1e-11);
      const m8 repeats = mayRepeat & x.spikes & ((endAfter >= near) | ((before > near) & (endAfter > endCurrent)));
      const v8 state = SELECT(x.spikes, after, a);
      const int64_t old = count;
      if (used == LANES && BITS8(x.spikes) == 255) {
        STORE(f.ym + count, x.ym);
        STORE(f.current + count, before);
        STORE(f.inverse + count, inverse);
        STORE(f.time + count, x.time);
        if (k.kind == clayer_two_to_one) {
          STORE(f.ys + count, x.lost);
        } else {
          STORE(f.ys + count, x.ys);
          STORE(f.c + count, response);
        }
        for (int lane = 0; lane < LANES; lane++) {
          t.a[lanes[first + lane]] = after[lane];
          f.neuron[count + lane] = lanes[first + lane];
        }
        count += LANES;
      } else {
      // All lanes are written, and only those that count move the place on.
      for (int64_t lane = 0; lane < used; lane++) {
        const int32_t n = lanes[first + lane];
        f.ym[count] = x.ym[lane];
        f.current[count] = before[lane];
        f.inverse[count] = inverse[lane];
        f.neuron[count] = n;
        f.time[count] = x.time[lane];
        if (k.kind == clayer_two_to_one) {
          f.ys[count] = x.lost[lane];
        } else {
          f.ys[count] = x.ys[lane];
          f.c[count] = response[lane];
        }
        t.a[n] = state[lane];
        count -= x.spikes[lane];
      }
      }
      if (t.spikesOnce != 0) {
        for (int64_t lane = 0; lane < used; lane++) {
          if (x.spikes[lane] != 0) t.theta[lanes[first + lane]] = t.nearTheta[lanes[first + lane]] = __builtin_inf();
        }
      }
      if (ANY(repeats) != 0) {
        if (k.kind == clayer_two_to_one) {
          v8 log;
          log_rest8(&x.lost, &log);
          x.time -= log * k.tauMem;
        }
        int64_t spike = old;
        for (int64_t lane = 0; lane < used; lane++) {
          next.lane[left] = lanes[first + lane];
          next.spike[left] = (int32_t)spike;
          next.a[left] = after[lane];
          next.b[left] = b[lane];
          next.theta[left] = theta[lane];
          next.reset[left] = reset[lane];
          next.current[left] = before[lane];
          next.time[left] = x.time[lane];
          next.ym[left] = x.ym[lane];
          next.ys[left] = x.ys[lane];
          spike -= x.spikes[lane];
          left -= repeats[lane];
        }
      }
    }
    // The rest of the last vector repeats the first neuron.
    for (int64_t n = left; left > 0 && n % LANES != 0; n++) {
      next.lane[n] = next.lane[0];
      next.spike[n] = next.spike[0];
      next.a[n] = next.a[0];
      next.b[n] = next.b[0];
      next.theta[n] = next.theta[0];
      next.reset[n] = next.reset[0];
      next.current[n] = next.current[0];
      next.time[n] = next.time[0];
      next.ym[n] = next.ym[0];
      next.ys[n] = next.ys[0];
    }
    lanes = next.lane;
    number = left;
    // Without room for a spike of each neuron the caller goes on.
    if (left > f.room - count - LANES) {
      for (number = 0; left > 0; left--, searched++) {
        open->lane[searched] = next.lane[left - 1];
        open->spike[searched] = next.spike[left - 1];
      }
    }
  }
  found->count = count;
  open->count = searched;
  open->isDelicate |= ANY(delicate) != 0;
}

/// Lists the neurons from `first` on whose bits are set.
INLINE int64_t list(uint64_t bits, int64_t first, int32_t *lanes, int64_t number) {
  for (; bits != 0; bits &= bits - 1) lanes[number++] = (int32_t)first + __builtin_ctzll(bits);
  return number;
}

/// Lets the neurons of a list spike in window `e`; the spikes found get their neurons and windows.
INLINE void end_window(
  const clayer_clock *clock, const clayer_entries *in, const clayer_tile *t, const int32_t *lanes, int64_t number, int64_t e,
  int32_t neuron, int32_t epoch, clayer_found *found, clayer_open *open) {
  const clayer_instant start = {in->time[e], in->ym[e], in->ys[e], in->c[e]};
  const clayer_instant end = {in->time[e + 1], in->ym[e + 1], in->ys[e + 1], in->c[e + 1]};
  int64_t spike = found->count;
  let_spike(clock, t, lanes, number, &start, &end, epoch * clock->epochLength, found, open);
  for (; spike < found->count; spike++) {
    found->neuron[spike] += neuron;
    found->window[spike] = (int32_t)e;
    found->epoch[spike] = epoch;
  }
}

/// Runs windows until some neurons may spike, with the state of `V` of them in registers; the result is the window.
#define RUN(V, M, BITS)                                                                               \
  {                                                                                                   \
    V x = *(const V *)t.a, z = *(const V *)t.b;                                                       \
    const V near = *(const V *)t.nearTheta;                                                           \
    for (number = 0; e < to; e++) {                                                                   \
      const V w = *(const V *)(t.weights + in.row[e]);                                                \
      x += w * in.toA[e];                                                                             \
      z += w * in.iys[e];                                                                             \
      const V last = x * in.ym[e + 1] + z * in.c[e + 1];                                              \
      const M flags = (last >= near) | ((z * in.ys[e] > near) & (last > z * in.ys[e + 1]));           \
      if (ANY(flags) != 0) {                                                                          \
        number = list(BITS(flags), 0, lanes, 0);                                                      \
        break;                                                                                        \
      }                                                                                               \
    }                                                                                                 \
    *(V *)t.a = x;                                                                                    \
    *(V *)t.b = z;                                                                                    \
  }

WIDEST int64_t clayer_forward(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_tile *tile, int64_t from, int64_t to, int32_t neuron,
  int32_t epoch, clayer_found *found, clayer_open *open) {
  const clayer_entries in = *entries;
  const clayer_tile t = *tile;
  int32_t lanes[MOST + LANES];
  int64_t number;
  open->count = 0;
  for (int64_t e = from; e < to; e++) {
    if (found->room - found->count < t.lanes + LANES) return e;
    if (t.lanes == 4) {
      RUN(v4, m4, BITS4)
    } else if (t.lanes == LANES) {
      RUN(v8, m8, BITS8)
    } else {
      const double toA = in.toA[e], toB = in.iys[e], ys = in.ys[e];
      const double endYm = in.ym[e + 1], endYs = in.ys[e + 1], endC = in.c[e + 1];
      const double *weights = t.weights + in.row[e];
      number = 0;
      for (int64_t first = 0; first < t.lanes; first += LANES, weights += t.stride) {
        const v8 w = LOAD(weights), near = LOAD(t.nearTheta + first);
        const v8 x = LOAD(t.a + first) + w * toA, z = LOAD(t.b + first) + w * toB;
        STORE(t.a + first, x);
        STORE(t.b + first, z);
        const v8 last = x * endYm + z * endC;
        const m8 flags = (last >= near) | ((z * ys > near) & (last > z * endYs));
        const uint32_t bits = BITS8(flags);
        if (bits != 0) number = list(bits, first, lanes, number);
      }
    }
    if (number == 0) continue;
    end_window(clock, &in, &t, lanes, number, e, neuron, epoch, found, open);
    if (open->count > 0) return e;
  }
  return to;
}

// --- Forwards, one event at a time

/// The flags of neurons that may reach the threshold in a window.
#define FLAGS(z, near, now, end, last) (((last) >= (near)) | (((z) * (now).ys > (near)) & ((last) > (z) * (end).ys)))

/// Moves the eight neurons to the front among which one seems to spike first.
///
/// Once it is solved, most others are seen to be below the threshold at its spike.
INLINE void put_earliest_first(
  const clayer_clock *k, const clayer_tile *t, int32_t *lanes, int64_t number, const clayer_instant *start,
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
    estimate(k, &rise, &current, &below, &above, &length, &x);
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
  if (number > LANES && k.kind != clayer_two_to_one) put_earliest_first(&k, &t, lanes, number, &start, &end);
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
    crossings x;
    x.lost = ALL(0);
    if (k.kind == clayer_two_to_one) solve_parabola(&excess, &current, &ym, &theta, end.ym, &x);
    else if (k.kind == clayer_close) x.spikes = (m8){0}, x.open = theta < __builtin_inf();
    else solve_iteratively(&k, &excess, &current, &time, &ym, &ys, &theta, &endExcess, end.time, &x);
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

WIDEST void clayer_complete_found(const clayer_clock *clock, const clayer_found *found) {
  const clayer_clock k = *clock;
  for (int64_t n = 0; n < found->count; n += LANES) {
    const v8 ym = LOAD(found->ym + n), lost = LOAD(found->ys + n), ys = ym * ym;
    v8 log;
    log_rest8(&lost, &log);
    STORE(found->time + n, LOAD(found->time + n) - log * k.tauMem);
    STORE(found->ys + n, ys);
    STORE(found->c + n, ys * k.kappa);
  }
}

WIDEST int64_t clayer_sort(const clayer_found *found, int32_t *order, double *times, int32_t *buckets) {
  const int64_t count = found->count;
  const double *time = found->time;
  const int32_t *neuron = found->neuron;
  if (count == 0) return 1;
  v8 low = ALL(time[0]), high = low;
  int64_t n = 0;
  for (; n + LANES <= count; n += LANES) {
    const v8 t = LOAD(time + n);
    low = SELECT(t < low, t, low);
    high = SELECT(t > high, t, high);
  }
  double least = time[0], most = time[0];
  for (int lane = 0; lane < LANES; lane++) {
    least = low[lane] < least ? low[lane] : least;
    most = high[lane] > most ? high[lane] : most;
  }
  for (; n < count; n++) {
    least = time[n] < least ? time[n] : least;
    most = time[n] > most ? time[n] : most;
  }
  // One bucket for each spike: most hold a few.
  const double scale = most > least ? (double)(count - 1) / (most - least) : 0;
  int32_t *bucket = buckets + count + 1;
  memset(buckets, 0, (size_t)(count + 1) * sizeof *buckets);
  for (n = 0; n < count; n++) bucket[n] = (int32_t)((time[n] - least) * scale);
  for (n = 0; n < count; n++) buckets[bucket[n] + 1]++;
  for (n = 0; n < count; n++) buckets[n + 1] += buckets[n];
  for (n = 0; n < count; n++) {
    const int32_t place = buckets[bucket[n]]++;
    order[place] = (int32_t)n;
    times[place] = time[n];
  }
  int64_t moves = 16 * count;
  for (n = 1; n < count; n++) {
    const double at = times[n];
    const int32_t spike = order[n];
    int64_t place = n;
    while (place > 0 && (times[place - 1] > at || (times[place - 1] == at && neuron[order[place - 1]] > neuron[spike]))) {
      times[place] = times[place - 1];
      order[place] = order[place - 1];
      place--;
    }
    times[place] = at;
    order[place] = spike;
    moves -= n - place;
    if (moves < 0) return 0;
  }
  return 1;
}

int64_t clayer_write(const clayer_clock *clock, const clayer_found *found, const int32_t *order, clayer_spike *spikes) {
  const clayer_found f = *found;
  int64_t late = 0;
  for (int64_t place = 0; place < f.count; place++) {
    const int32_t n = order[place];
    const clayer_spike spike = {f.time[n], f.ym[n], f.ys[n], f.c[n], f.current[n], 0, f.neuron[n], f.epoch[n]};
    spikes[place] = spike;
    late |= f.time[n] >= (f.epoch[n] + 1) * clock->epochLength;
  }
  return late;
}

// --- Backwards

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

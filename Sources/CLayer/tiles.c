#include "CLayer.h"
#include "crossings.h"
#include "vectors.h"

/// The most neurons of a tile.
#define MOST 128

/// Neurons that have spiked and may spike again in the same window, side by side.
typedef struct {
  double a[MOST + LANES], b[MOST + LANES], theta[MOST + LANES], reset[MOST + LANES], current[MOST + LANES];
  double time[MOST + LANES], ym[MOST + LANES], ys[MOST + LANES];
  int32_t lane[MOST + LANES], spike[MOST + LANES];
} again;

/// Lets candidates spike, again and again until none reaches the threshold before the window ends.
INLINE void let_spike(
  const clayer_clock *clock, const clayer_tile *tile, const int32_t *candidates, int64_t number, const clayer_instant *start,
  const clayer_instant *end, double epochStart, clayer_found *found, clayer_open *open) {
  const clayer_clock k = *clock;
  const clayer_tile t = *tile;
  const clayer_found f = *found;
  const v8 endTime = ALL(end->time);
  rates r;
  set_rates(&k, &r);
  const v8 gains = ALL(k.largestGain);
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
      else solve_iteratively(&r, &gains, &excess, &current, &time, &ym, &ys, &theta, &endExcess, &endTime, &x);
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

/// Lets the neurons of a list spike in window `e`; the spikes found get their neurons and windows.
INLINE void end_window(
  const clayer_clock *clock, const clayer_entries *in, const clayer_tile *t, const int32_t *lanes, int64_t number, int64_t e,
  int32_t neuron, int32_t epoch, clayer_found *found, clayer_open *open) {
  const clayer_instant start = {in->time[e], in->ym[e], in->ys[e], in->c[e], epoch};
  const clayer_instant end = {in->time[e + 1], in->ym[e + 1], in->ys[e + 1], in->c[e + 1], epoch};
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

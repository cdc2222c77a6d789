#include <stddef.h>

#include "CLayer.h"
#include "crossings.h"
#include "vectors.h"

/// The most neurons that are led together.
#define MOST 128

/// The time constants of eight neurons of their own.
INLINE void set_own_rates(const v8 *a, const v8 *b, rates *r) {
  r->kind = clayer_own;
  r->kappa = 0;
  r->a = *a;
  r->b = *b;
  r->slow = SELECT(*a < *b, *a, *b);
  r->spread = ABSOLUTE(*a - *b);
  r->inverse = SELECT(r->spread > 0, 1 / r->spread, ALL(0));
}

void clayer_list_arrivals(
  const clayer_spike *source, int64_t count, const double *weights, const double *delays, double horizon, clayer_arrivals *arrivals,
  double *time, double *times, int32_t *order, int32_t *buckets) {
  const clayer_arrivals to = *arrivals;
  for (int lane = 0; lane < LANES; lane++) {
    to.time[lane] = to.weight[lane] = 0;
    to.arrival[lane] = -1;
    to.time[(count + 1) * LANES + lane] = horizon;
  }
  arrivals->windows = count + 1;
  arrivals->haveOneOrder = delays == NULL;
  if (delays == NULL) {
    for (int64_t n = 0, e = LANES; n < count; n++, e += LANES) {
      STORE(to.time + e, ALL(source[n].time));
      STORE(to.weight + e, LOAD(weights + source[n].neuron * LANES));
      to.arrival[e] = (int32_t)n;
    }
    return;
  }
  for (int lane = 0; lane < LANES; lane++) {
    for (int64_t n = 0; n < count; n++) time[n] = source[n].time + delays[source[n].neuron * LANES + lane];
    clayer_order(time, NULL, count, order, times, buckets);
    for (int64_t n = 0, e = LANES + lane; n < count; n++, e += LANES) {
      const int counts = times[n] < horizon;
      to.time[e] = counts ? times[n] : horizon;
      to.weight[e] = counts ? weights[source[order[n]].neuron * LANES + lane] : 0;
      to.arrival[e] = counts ? order[n] : -1;
    }
  }
}

/// What eight neurons bring to a window; single numbers are put into rows, of which vectors are made at once.
typedef struct {
  double a[LANES], b[LANES], gains[LANES], theta[LANES], near[LANES], reset[LANES], start[LANES], length[LANES];
  double potential[LANES], current[LANES], endPotential[LANES], endCurrent[LANES], given[LANES];
  int64_t isUsed[LANES];
} gathered;

INLINE void gather(
  const clayer_neurons *n, const clayer_arrivals *arrivals, const int32_t *lanes, int64_t used, int64_t e, gathered *g) {
  for (int n8 = 0; n8 < LANES; n8++) {
    // The rest of the last vector repeats its first neuron.
    const int32_t lane = lanes[n8 < used ? n8 : 0];
    const clayer_arrivals *in = arrivals + lane / LANES;
    const int64_t place = e * LANES + lane % LANES;
    g->a[n8] = n->a[lane];
    g->b[n8] = n->b[lane];
    g->gains[n8] = n->largestGain[lane];
    g->theta[n8] = n->theta[lane];
    g->near[n8] = n->nearTheta[lane];
    g->reset[n8] = n->reset[lane];
    g->start[n8] = in->time[place];
    g->length[n8] = in->time[place + LANES] - in->time[place];
    g->potential[n8] = in->potential[place];
    g->current[n8] = in->current[place];
    g->endPotential[n8] = n->potential[lane];
    g->endCurrent[n8] = n->current[lane];
    g->given[n8] = n->given == NULL ? 0 : n->given[n->next[lane]];
    g->isUsed[n8] = -(n8 < used);
  }
}

/// Adds a spike of each lane of a mask.
INLINE void add_spikes(
  clayer_found *found, const m8 *mask, const v8 *time, const v8 *current, const v8 *inverse, const int32_t *lanes, int64_t used,
  int32_t neuron, int64_t e) {
  double times[LANES], currents[LANES], inverses[LANES];
  int64_t spikes[LANES];
  STORE(times, *time);
  STORE(currents, *current);
  STORE(inverses, *inverse);
  *(m8 *)spikes = *mask;
  int64_t count = found->count;
  for (int64_t n8 = 0; n8 < used; n8++) {
    found->time[count] = times[n8];
    found->current[count] = currents[n8];
    found->inverse[count] = inverses[n8];
    found->neuron[count] = neuron + lanes[n8];
    found->window[count] = (int32_t)e;
    found->epoch[count] = 0;
    count -= spikes[n8];
  }
  found->count = count;
}

/// Lets the first eight of some neurons spike in window `e`, again and again until none reaches the threshold before it ends.
///
/// Their states at its end are those without spikes; those at its start stand with the arrivals.
INLINE void let_neurons_spike(
  const clayer_neurons *n, const clayer_arrivals *arrivals, const int32_t *lanes, int64_t number, int64_t e, int32_t neuron,
  clayer_found *found, clayer_left *left) {
  const int64_t used = number < LANES ? number : LANES;
  const v8 zero = ALL(0), one = ALL(1);
  gathered g;
  gather(n, arrivals, lanes, used, e, &g);
  const v8 a = LOAD(g.a), b = LOAD(g.b), gains = LOAD(g.gains), reset = LOAD(g.reset), start = LOAD(g.start), length = LOAD(g.length);
  v8 theta = LOAD(g.theta), near = LOAD(g.near), potential = LOAD(g.potential), current = LOAD(g.current);
  v8 endPotential = LOAD(g.endPotential), endCurrent = LOAD(g.endCurrent), given = LOAD(g.given), elapsed = zero;
  m8 searching = *(const m8 *)g.isUsed, opened = {0}, delicate = {0};
  rates r;
  set_own_rates(&a, &b, &r);
  while (ANY(searching) != 0) {
    crossings x;
    if (n->given != NULL) {
      v8 gain;
      // Those that do not spike get a length that is a number.
      x.time = SELECT(searching, given - start - elapsed, zero);
      decay(&r, &x.time, &x.ym, &x.ys, &gain);
      x.spikes = searching;
    } else {
      const v8 rest = length - elapsed;
      delicate |= searching & (theta < __builtin_inf())
                  & (ABSOLUTE(endPotential - theta) <= 1e-11 * (ABSOLUTE(theta) + ABSOLUTE(endCurrent)));
      solve_iteratively(&r, &gains, &potential, &current, &zero, &one, &one, &theta, &endPotential, &rest, &x);
      opened |= x.open & searching;
      x.spikes &= searching & ~opened;
    }
    if (ANY(x.spikes) == 0) break;
    const v8 before = current * x.ys, inverse = 1 / (before - theta);
    const v8 later = elapsed + x.time, time = n->given != NULL ? given : start + later;
    add_spikes(found, &x.spikes, &time, &before, &inverse, lanes, used, neuron, e);
    elapsed = SELECT(x.spikes, later, elapsed);
    potential = SELECT(x.spikes, reset, potential);
    current = SELECT(x.spikes, before, current);
    const v8 rest = SELECT(x.spikes, length - elapsed, zero);
    v8 mem, syn, gain;
    decay(&r, &rest, &mem, &syn, &gain);
    const v8 lastPotential = potential * mem + current * gain, lastCurrent = current * syn;
    endPotential = SELECT(x.spikes, lastPotential, endPotential);
    endCurrent = SELECT(x.spikes, lastCurrent, endCurrent);
    if (n->given != NULL) {
      for (int64_t n8 = 0; n8 < used; n8++) g.given[n8] = n->given[n->next[lanes[n8]] -= x.spikes[n8]];
      given = LOAD(g.given);
      searching = x.spikes & (given < start + length);
    } else {
      if (n->spikesOnce != 0) theta = near = SELECT(x.spikes, ALL(__builtin_inf()), theta);
      searching = x.spikes & ((endPotential >= near) | ((current > near) & (endPotential > endCurrent)));
    }
    // Without room for a spike of each neuron that comes the caller goes on.
    if (found->room - found->count < number + LANES) {
      opened |= searching;
      break;
    }
  }
  left->isDelicate |= ANY(delicate) != 0;
  STORE(g.endPotential, SELECT(opened, potential, endPotential));
  STORE(g.endCurrent, SELECT(opened, current, endCurrent));
  for (int64_t n8 = 0; n8 < used; n8++) {
    n->potential[lanes[n8]] = g.endPotential[n8];
    n->current[lanes[n8]] = g.endCurrent[n8];
  }
  if (n->spikesOnce != 0) {
    STORE(g.theta, theta);
    for (int64_t n8 = 0; n8 < used; n8++) {
      n->theta[lanes[n8]] = g.theta[n8];
      if (g.theta[n8] == __builtin_inf()) n->nearTheta[lanes[n8]] = g.theta[n8];
    }
  }
  if (ANY(opened) == 0) return;
  for (int64_t n8 = 0; n8 < used; n8++) {
    left->lane[left->count] = lanes[n8];
    left->elapsed[left->count] = elapsed[n8];
    left->count -= opened[n8];
  }
}

WIDEST int64_t clayer_lead(
  const clayer_neurons *neurons, const clayer_arrivals *arrivals, int64_t from, int32_t neuron, clayer_found *found, clayer_left *left) {
  const clayer_neurons n = *neurons;
  int32_t lanes[MOST + LANES];
  left->count = 0;
  int64_t e = from;
  for (; e < arrivals->windows && found->room - found->count >= n.lanes + LANES; e++) {
    int64_t number = 0;
    for (int64_t first = 0; first < n.lanes; first += LANES) {
      const clayer_arrivals *in = arrivals + first / LANES;
      const int64_t place = e * LANES;
      const v8 a = LOAD(n.a + first), b = LOAD(n.b + first), near = LOAD(n.nearTheta + first);
      const v8 potential = LOAD(n.potential + first), current = LOAD(n.current + first) + LOAD(in->weight + place);
      STORE(in->potential + place, potential);
      STORE(in->current + place, current);
      const v8 end = LOAD(in->time + place + LANES), length = end - LOAD(in->time + place);
      rates r;
      set_own_rates(&a, &b, &r);
      r.inverse = LOAD(n.inverseSpread + first);
      v8 mem, syn, gain;
      decay(&r, &length, &mem, &syn, &gain);
      const v8 endPotential = potential * mem + current * gain, endCurrent = current * syn;
      STORE(n.potential + first, endPotential);
      STORE(n.current + first, endCurrent);
      m8 flags;
      if (n.given != NULL) {
        for (int lane = 0; lane < LANES; lane++) flags[lane] = -(n.given[n.next[first + lane]] < end[lane]);
      } else {
        flags = (endPotential >= near) | ((current > near) & (endPotential > endCurrent));
      }
      const uint32_t bits = BITS8(flags);
      if (bits != 0) number = list(bits, first, lanes, number);
    }
    for (int64_t first = 0; first < number; first += LANES)
      let_neurons_spike(&n, arrivals, lanes + first, number - first, e, neuron, found, left);
    if (left->count != 0) break;
  }
  return e;
}

/// (expm1(z) - z)/z^2 for |z| < 1/2.
INLINE void psi2_8(const v8 *argument, v8 *result) {
  const v8 z = *argument, square = z * z, fourth = square * square;
  const v8 low = (0x1p-1 + z * (1 / 6.0)) + square * ((1 / 24.0) + z * (1 / 120.0));
  const v8 middle = ((1 / 720.0) + z * (1 / 5040.0)) + square * ((1 / 40320.0) + z * (1 / 362880.0));
  const v8 high = ((1 / 3628800.0) + z * (1 / 39916800.0)) + square * ((1 / 479001600.0) + z * (1 / 6227020800.0));
  const v8 last = (1 / 87178291200.0) + z * (1 / 1307674368000.0);
  *result = low + fourth * (middle + fourth * (high + fourth * last));
}

/// The adjoint of eight neurons, and what a stretch adds to the derivatives by their time constants where these are wanted.
typedef struct {
  v8 lambdaV, lambdaI;
  v8 tauMem, tauSyn;
  int wantsTimes;
} adjoints;

/// Carries the adjoint back over a length that starts in a state; the derivatives by the time constants are those of `StretchDerivatives`.
INLINE void carry(
  const rates *r, const v8 *tauMem, const v8 *length, const v8 *potential, const v8 *current, adjoints *l) {
  const v8 x = *length;
  v8 mem, syn, gain;
  decay(r, length, &mem, &syn, &gain);
  const v8 phi = gain * *tauMem, lambdaV = l->lambdaV, lambdaI = l->lambdaI;
  if (l->wantsTimes) {
    const v8 difference = r->b - r->a, z = difference * x, minusZ = -z, area = x * x * mem;
    v8 psi2;
    psi2_8(&minusZ, &psi2);
    const m8 isShort = ABSOLUTE(z) < 0.5;
    const v8 aab = SELECT(isShort, area * psi2, (x * mem - phi) / difference);
    const v8 abb = SELECT(isShort, area * (1 - (1 + z) * psi2), (phi - x * syn) / difference);
    const v8 fast = SELECT(r->b >= r->a, phi, x * mem);
    l->tauMem = r->a * (*current * (fast - r->slow * aab) - *potential * (x * mem)) * lambdaV;
    l->tauSyn = -(r->b * *current) * (r->b * abb * lambdaV + x * syn * lambdaI);
  }
  l->lambdaV = lambdaV * mem;
  l->lambdaI = lambdaI * syn + lambdaV * (phi * r->b);
}

/// Carries neurons back to their spikes from `low` on, each of another neuron, and lets lambda jump there; `at` is where each neuron was.
INLINE void pass_spikes(
  const clayer_neurons *n, const clayer_lambdas *to, const clayer_found *f, int64_t low, int64_t used, int32_t neuron, double *at) {
  gathered g;
  double tauMem[LANES], lambdaV[LANES], lambdaI[LANES];
  for (int n8 = 0; n8 < LANES; n8++) {
    const int64_t s = low + (n8 < used ? n8 : 0), lane = f->neuron[s] - neuron;
    g.a[n8] = n->a[lane];
    g.b[n8] = n->b[lane];
    g.length[n8] = at[lane] - f->time[s];
    g.potential[n8] = n->reset[lane];
    g.current[n8] = f->current[s];
    tauMem[n8] = n->tauMem[lane];
    lambdaV[n8] = to->lambdaV[lane];
    lambdaI[n8] = to->lambdaI[lane];
  }
  const v8 a = LOAD(g.a), b = LOAD(g.b), length = LOAD(g.length), potential = LOAD(g.potential), current = LOAD(g.current);
  const v8 mem = LOAD(tauMem);
  adjoints l = {.lambdaV = LOAD(lambdaV), .lambdaI = LOAD(lambdaI), .wantsTimes = to->tauMem != NULL};
  rates r;
  set_own_rates(&a, &b, &r);
  carry(&r, &mem, &length, &potential, &current, &l);
  STORE(lambdaV, l.lambdaV);
  STORE(lambdaI, l.lambdaI);
  for (int64_t n8 = 0; n8 < used; n8++) {
    const int64_t s = low + n8, lane = f->neuron[s] - neuron;
    const double after = lambdaV[n8], sum = f->gradient[s] + n->height[lane] * after;
    f->ym[s] = after;
    f->ys[s] = to->lambdaI[lane] = lambdaI[n8];
    f->c[s] = to->lambdaV[lane] = sum == 0 ? after : after + sum * f->inverse[s];
    at[lane] = f->time[s];
    if (l.wantsTimes) {
      to->tauMem[lane] += l.tauMem[n8];
      to->tauSyn[lane] += l.tauSyn[n8];
    }
  }
}

/// Adds what an arrival gives to the gradients.
INLINE void collect_arrival(
  const clayer_arrivals *in, int64_t place, const v8 *tauSyn, const adjoints *l, double *gradient, double *delayGradient,
  clayer_spike *source) {
  const v8 pull = LOAD(in->weight + place) * (l->lambdaV - l->lambdaI), weight = l->lambdaI * *tauSyn;
  const int32_t *arrival = in->arrival + place;
  if (in->haveOneOrder) {
    double *row = gradient + source[*arrival].neuron * LANES;
    STORE(row, LOAD(row) - weight);
    source[*arrival].gradient += SUM_OF(pull);
    return;
  }
  double pulls[LANES], weights[LANES];
  STORE(pulls, pull);
  STORE(weights, weight);
  for (int lane = 0; lane < LANES; lane++) {
    if (arrival[lane] < 0) continue;
    const int64_t entry = source[arrival[lane]].neuron * LANES + lane;
    gradient[entry] -= weights[lane];
    delayGradient[entry] += pulls[lane];
    source[arrival[lane]].gradient += pulls[lane];
  }
}

WIDEST void clayer_lead_back(
  const clayer_neurons *neurons, const clayer_arrivals *arrivals, const clayer_lambdas *lambdas, const clayer_found *found, int64_t first,
  int64_t last, int32_t neuron, clayer_spike *source) {
  const clayer_neurons n = *neurons;
  const clayer_lambdas to = *lambdas;
  const clayer_found f = *found;
  double at[MOST];
  // After the last spike nothing happens on the way back.
  for (int64_t e = last > first ? f.window[last - 1] : -1; e >= 0; e--) {
    const int64_t place = e * LANES;
    for (int64_t lane = 0; lane < n.lanes; lane += LANES)
      STORE(at + lane, LOAD(arrivals[lane / LANES].time + place + LANES));
    while (last > first && f.window[last - 1] == e) {
      int64_t low = last - 1;
      for (; low > first && last - low < LANES && f.window[low - 1] == e; low--) {
        int isNew = 1;
        for (int64_t s = low; s < last; s++) isNew &= f.neuron[s] != f.neuron[low - 1];
        if (!isNew) break;
      }
      pass_spikes(&n, &to, &f, low, last - low, neuron, at);
      last = low;
    }
    for (int64_t lane = 0; lane < n.lanes; lane += LANES) {
      const clayer_arrivals *in = arrivals + lane / LANES;
      adjoints l = {.lambdaV = LOAD(to.lambdaV + lane), .lambdaI = LOAD(to.lambdaI + lane), .wantsTimes = to.tauMem != NULL};
      if (ANY((l.lambdaV != 0) | (l.lambdaI != 0)) == 0) continue;
      const v8 a = LOAD(n.a + lane), b = LOAD(n.b + lane), tauMem = LOAD(n.tauMem + lane), tauSyn = LOAD(n.tauSyn + lane);
      const v8 length = LOAD(at + lane) - LOAD(in->time + place);
      const v8 potential = LOAD(in->potential + place), current = LOAD(in->current + place);
      rates r;
      set_own_rates(&a, &b, &r);
      r.inverse = LOAD(n.inverseSpread + lane);
      carry(&r, &tauMem, &length, &potential, &current, &l);
      STORE(to.lambdaV + lane, l.lambdaV);
      STORE(to.lambdaI + lane, l.lambdaI);
      if (l.wantsTimes) {
        STORE(to.tauMem + lane, LOAD(to.tauMem + lane) + l.tauMem);
        STORE(to.tauSyn + lane, LOAD(to.tauSyn + lane) + l.tauSyn);
      }
      if (e == 0) continue;
      const int64_t block = lane / LANES * n.stride;
      collect_arrival(in, place, &tauSyn, &l, to.gradient + block, to.delayGradient == NULL ? NULL : to.delayGradient + block, source);
    }
  }
}

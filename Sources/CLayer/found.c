#include <string.h>

#include "CLayer.h"
#include "vectors.h"

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

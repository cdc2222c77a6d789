#include <string.h>

#include "CLayer.h"
#include "vectors.h"

/// Whether a time comes after another one; at the same time, whether its rank does.
#define LATER(time, rank, other, otherRank) ((time) > (other) || ((time) == (other) && (rank) > (otherRank)))

#define RANK(n) (ranks == NULL ? (n) : ranks[n])

/// Moves each time to its place among those before it; gives up after a number of moves.
static int insert(double *times, int32_t *order, const int32_t *ranks, int64_t count, int64_t moves) {
  for (int64_t n = 1; n < count; n++) {
    const double at = times[n];
    const int32_t number = order[n];
    int64_t place = n;
    while (place > 0 && LATER(times[place - 1], RANK(order[place - 1]), at, RANK(number))) {
      times[place] = times[place - 1];
      order[place] = order[place - 1];
      place--;
    }
    times[place] = at;
    order[place] = number;
    moves -= n - place;
    if (moves < 0) return 0;
  }
  return 1;
}

/// Lets a time sink in a heap with the latest one at the top.
static void sink(double *times, int32_t *order, const int32_t *ranks, int64_t place, int64_t count) {
  const double at = times[place];
  const int32_t number = order[place];
  for (int64_t child; (child = 2 * place + 1) < count; place = child) {
    if (child + 1 < count && LATER(times[child + 1], RANK(order[child + 1]), times[child], RANK(order[child]))) child++;
    if (!LATER(times[child], RANK(order[child]), at, RANK(number))) break;
    times[place] = times[child];
    order[place] = order[child];
  }
  times[place] = at;
  order[place] = number;
}

static void sort_by_heap(double *times, int32_t *order, const int32_t *ranks, int64_t count) {
  for (int64_t place = count / 2; place-- > 0;) sink(times, order, ranks, place, count);
  for (int64_t last = count - 1; last > 0; last--) {
    const double at = times[last];
    const int32_t number = order[last];
    times[last] = times[0];
    order[last] = order[0];
    times[0] = at;
    order[0] = number;
    sink(times, order, ranks, 0, last);
  }
}

WIDEST void clayer_order(
  const double *time, const int32_t *ranks, int64_t count, int32_t *order, double *times, int32_t *buckets) {
  if (count <= 24) {
    for (int64_t n = 0; n < count; n++) times[n] = time[n], order[n] = (int32_t)n;
    insert(times, order, ranks, count, 24 * 24);
    return;
  }
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
  // One bucket for each time: most hold a few.
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
  if (!insert(times, order, ranks, count, 16 * count)) sort_by_heap(times, order, ranks, count);
}

#include "CLayer.h"
#include "vectors.h"

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

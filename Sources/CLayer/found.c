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

// The effect of an event on a whole row of neurons, eight at a time.
//
// Rows are arrays of doubles whose length is a multiple of eight. Products and sums are rounded one by one and in one order on every
// processor, so a result does not depend on the width of its vectors.
#pragma once

#include <stdint.h>

/// The state of neurons as two constants per neuron: between their events V - v_leak = ym A + c B and I = ys B.
typedef struct {
  /// The change of A and of B by a unit of weight.
  double toA, toB;
  /// The factors now and at the end of the window.
  double ym, ys, c;
  double endYm, endYs, endC;
  /// v_th - v_leak, and the least current that can make a maximum above it inside the window.
  double theta, leastCurrent;
  /// The part of a current that can reach V at most.
  double largestGain;
} crows_window;

/// Adds a row of weights and lists the neurons that may reach the threshold before the window ends.
///
/// `weights` may be null, then nothing is added. `count` is the number of neurons, rounded up to a multiple of eight; `found` has room for
/// as many. Returns how many were found, in ascending order. A neuron that is not listed does not reach the threshold; one that is listed
/// reaches it or has a maximum in the window that was not ruled out.
int64_t crows_arrive(
  double *a, double *b, const double *weights, int64_t count, const crows_window *window, int32_t *found);

/// The position of the smallest of `count` times; of equal ones the first. `count` is a multiple of eight and not zero.
int64_t crows_earliest(const double *times, int64_t count);

/// Moves the origin of time: a becomes `aa` a + `ab` b, b becomes `bb` b.
void crows_rebase(double *a, double *b, int64_t count, double aa, double ab, double bb);

/// The factors by which the adjoint's constants are read: lambda_V = iym P and lambda_I = iys Q + ip P.
typedef struct {
  double iym, iys, ip;
  double tauSyn;
} crows_instant;

/// What a row's arrivals add to the derivatives by the time constants: -w P mem to tau_mem's, -w (Q syn + P cross) to tau_syn's.
typedef struct {
  double mem, syn, cross;
} crows_times;

/// Subtracts tau_syn lambda_I from a row of the weights' gradient and returns the sum of w (lambda_V - lambda_I).
double crows_collect(
  const double *p, const double *q, const double *weights, double *gradient, int64_t count, const crows_instant *instant);

/// The same, with the derivatives by the time constants of every neuron.
double crows_collect_all(
  const double *p, const double *q, const double *weights, double *gradient, double *tauMem, double *tauSyn, int64_t count,
  const crows_instant *instant, const crows_times *times);

/// Prefetches the cache line of an address that will be read and written soon.
static inline void crows_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

/// Prefetches all cache lines of a stretch of memory at once, before the processor recognises the pattern.
static inline void crows_prefetch_all(const void *address, int64_t bytes) {
  for (int64_t offset = 0; offset < bytes; offset += 64) __builtin_prefetch((const char *)address + offset, 0, 3);
}

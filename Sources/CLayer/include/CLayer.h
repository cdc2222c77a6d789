// What the neurons of a layer do at an arrival or at a spike, eight of them at a time.
//
// Between its events the state of a neuron is two constants: V - v_leak = ym A + c B and I = ys B. Its adjoint is two constants as well:
// lambda_V = P/ym and lambda_I = (Q - (tau_mem/tau_syn) c P/ym)/ys. Products and sums are rounded one by one and in one order, so a result
// does not depend on the width of a processor's vectors. Rows of numbers are padded to a multiple of eight.
#pragma once

#include <stdint.h>

/// How the factors of a clock follow from each other.
typedef enum {
  clayer_two_to_one,  ///< tau_mem = 2 tau_syn: ys = ym ym, and a crossing is a root of a parabola.
  clayer_distinct,    ///< c = kappa ys.
  clayer_equal,       ///< tau_mem = tau_syn: c = a x ym, x after the start of the epoch.
  clayer_close,       ///< Almost equal: the caller solves for the crossings.
  clayer_own,         ///< Each neuron has time constants of its own.
} clayer_kind;

/// Two time constants: a = 1/tau_mem and b = 1/tau_syn, per second.
typedef struct {
  double a, b, tauMem, tauSyn;
  double kappa;
  double adjointRatio;  ///< tau_mem/tau_syn.
  double epochLength;   ///< In seconds.
  double largestGain;   ///< The largest part of a current that reaches V.
  clayer_kind kind;
} clayer_clock;

/// An instant, counted from the start of an epoch.
typedef struct {
  double time, ym, ys, c;
  int64_t epoch;
} clayer_instant;

/// A spike in a train, with its instant on the clock of its layer.
typedef struct {
  double time, ym, ys, c;
  double current;   ///< I of the neuron just before its reset.
  double gradient;  ///< dL/dt, loss per second.
  int32_t neuron, epoch;
} clayer_spike;

/// What a layer reads, in order of time: each entry is an arrival, or the end of what can be counted from one epoch.
typedef struct {
  double *time, *ym, *ys, *c;
  double *iym, *iys;  ///< 1/ym and 1/ys.
  double *toA;        ///< What a unit of weight adds to A: -c/(ys ym). To B it adds 1/ys.
  int32_t *row;       ///< Eight times the row of the matrix.
} clayer_entries;

/// Some neurons of a layer: four, or a multiple of eight up to 128.
typedef struct {
  int64_t lanes;
  double *a, *b;
  double *theta;            ///< v_th - v_leak; infinite for a neuron that never spikes.
  double *nearTheta;        ///< The least V - v_leak that is looked at more closely.
  const double *reset;      ///< v_reset - v_leak.
  const double *weights;    ///< [block][row][8].
  int64_t stride;           ///< From one block to the next.
  int64_t spikesOnce;       ///< Whether each neuron spikes once at most: its theta then becomes infinite.
} clayer_tile;

/// Spikes in the order in which they were found: tile after tile, and window after window.
typedef struct {
  double *time, *ym, *ys, *c, *current;
  double *inverse;   ///< 1/(I - (v_th - v_leak)).
  double *gradient;  ///< dL/dt.
  int32_t *neuron, *window, *epoch;
  int64_t count, room;
} clayer_found;

/// Neurons whose next crossing the caller has to find, for the window where the pass stopped; there is room for one more than there are
/// neurons.
typedef struct {
  int32_t *lane;
  int32_t *spike;  ///< The spike after which it is searched; -1: the start of the window.
  int64_t count;
  int64_t isDelicate;  ///< Whether some V was at the threshold at the end of a window, up to rounding.
} clayer_open;

/// The instants of spikes from their times; not for almost equal time constants.
void clayer_instants(const clayer_clock *clock, clayer_spike *spikes, int64_t count);

/// Copies spikes of one epoch, from `first` on, to entries from `entry` on; returns the number copied.
int64_t clayer_copy(const clayer_spike *spikes, int64_t first, int64_t count, const clayer_entries *entries, int64_t entry);

/// Fills iym, iys and toA of entries.
void clayer_complete(const clayer_entries *entries, int64_t count);

/// Runs the windows `from ..< to`, each from an entry to the next one, all of one epoch.
///
/// Returns the window where it stopped: `to`, or one with neurons for the caller, or one for which there is not enough room (the window
/// has then not begun). `neuron` is the number of the first neuron of the tile.
int64_t clayer_forward(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_tile *tile, int64_t from, int64_t to, int32_t neuron,
  int32_t epoch, clayer_found *found, clayer_open *open);

/// The neuron that spikes next.
typedef struct {
  int64_t lane;            ///< -1: none.
  clayer_instant instant;  ///< At tau_mem = 2 tau_syn without its time.
  double lost;             ///< At tau_mem = 2 tau_syn: how much of V decays until then, 1 - e^(-a x).
} clayer_crossing;

/// Adds a row of weights, which may be null, and finds the first crossing from `now` to `end`, both counted from one epoch.
///
/// `crossing` is the first one but for the neurons of `open`, whose crossings the caller has to find. `lanes` has room for all neurons.
/// Returns how many neurons were looked at closely.
int64_t clayer_next(
  const clayer_clock *clock, const clayer_tile *tile, const double *row, const clayer_instant *now, const clayer_instant *end,
  int32_t *lanes, clayer_crossing *crossing, clayer_open *open);

/// Fills time, ys and c of spikes at tau_mem = 2 tau_syn, where the pass leaves the time since which V has decayed, and in ys how much.
void clayer_complete_found(const clayer_clock *clock, const clayer_found *found);

/// Orders times, and equal times by their ranks, or by their numbers where `ranks` is null.
///
/// Writes the numbers in that order and the times themselves. `buckets` has room for two numbers for each time and one more. No time may be
/// infinite or no number.
void clayer_order(const double *time, const int32_t *ranks, int64_t count, int32_t *order, double *times, int32_t *buckets);

/// Writes the spikes in order of time. Returns whether some come after the epoch from which they are counted.
int64_t clayer_write(const clayer_clock *clock, const clayer_found *found, const int32_t *order, clayer_spike *spikes);

/// Some neurons on the way back.
typedef struct {
  int64_t lanes;
  double *p, *q;
  const double *height;  ///< v_th - v_reset.
  const double *weights;
  double *gradient;
  int64_t stride;
  double *tauMem, *tauSyn;  ///< The derivatives by the time constants; null where they are not wanted.
} clayer_adjoint;

/// What an arrival adds to the derivatives by the time constants: -w P mem to tau_mem's, -w (Q syn + P cross) to tau_syn's.
typedef struct {
  const double *mem, *syn, *cross;
} clayer_times;

/// Prefetches the cache line of an address that will be read and written soon.
static inline void clayer_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

/// Prefetches all cache lines of a stretch of memory at once, before the processor recognises the pattern.
static inline void clayer_prefetch_all(const void *address, int64_t bytes) {
  for (int64_t offset = 0; offset < bytes; offset += 64) __builtin_prefetch((const char *)address + offset, 0, 3);
}

/// Walks the arrivals `low ..< high` of one epoch back, with the spikes in the windows from `start` on, from the spike before `last` on.
///
/// Adds the weights' gradient, and to `sums`, eight for each entry, the parts of w (lambda_V - lambda_I). `isActive` tells whether a
/// lambda was not zero so far. Returns the first spike that it met. Spike `first` is the first one of the tile.
int64_t clayer_backward(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_adjoint *tile, int64_t start, int64_t low, int64_t high,
  const clayer_found *found, int64_t first, int64_t last, int32_t neuron, double *sums, int64_t *isActive);

/// Walks entries back without spikes, with the derivatives by the time constants.
void clayer_collect(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_adjoint *tile, const clayer_times *times, int64_t low,
  int64_t high, double *sums);

/// The same for one arrival; `tile` holds its row of the weights and of their gradient. Returns the sum of w (lambda_V - lambda_I).
double clayer_collect_row(
  const clayer_clock *clock, const clayer_adjoint *tile, const clayer_instant *now, const clayer_times *times);

/// Adds rows that are not marked yet to a list, and marks them; returns the length of the list. It has room for one row more.
int64_t clayer_touch_rows(const int32_t *rows, int64_t entries, int8_t *isTouched, int32_t *touched, int64_t count);

/// Sets some rows of a gradient to 0; each is given as eight times its number.
void clayer_clear_rows(double *gradient, int64_t stride, int64_t lanes, const int32_t *rows, int64_t count);

/// Moves the origin of time: a becomes `aa` a + `ab` b, b becomes `bb` b.
void clayer_rebase(double *a, double *b, int64_t count, double aa, double ab, double bb);

/// Adds the sums of `count` entries to dL/dt of spikes.
void clayer_add_sums(const double *sums, clayer_spike *spikes, int64_t count);

/// The highest V - v_leak of neurons so far.
typedef struct {
  double *excess;
  double *place;   ///< An entry; half a place more is inside the window that the entry starts.
  double *a, *b;   ///< The state there, before an arrival.
} clayer_maximum;

/// Leads neurons that do not spike through the windows `from ..< to` of one epoch and raises their maxima.
///
/// With `isLast` the end of the last window counts. Not for almost equal time constants.
void clayer_maxima(
  const clayer_clock *clock, const clayer_entries *entries, const clayer_tile *tile, int64_t from, int64_t to, int64_t isLast,
  const clayer_maximum *maximum);

/// Adds the sum over the rows of weight times factor to `sums`, one for each neuron.
void clayer_weigh_rows(
  const double *weights, int64_t stride, int64_t lanes, const double *factors, int64_t rows, double *sums);

/// Sets `sums`, one for each row, to the sum over the neurons of weight times factor.
void clayer_weigh_lanes(
  const double *weights, int64_t stride, int64_t lanes, const double *factors, int64_t rows, double *sums);

/// Subtracts a factor of the row times a factor of the neuron from a gradient.
void clayer_subtract_product(
  double *gradient, int64_t stride, int64_t lanes, const double *byRow, int64_t rows, const double *byLane);

/// Some neurons with time constants of their own, a multiple of eight up to 128.
typedef struct {
  int64_t lanes;
  const double *a, *b;          ///< 1/tau_mem and 1/tau_syn, per second.
  const double *inverseSpread;  ///< 1/|a - b|, or 0 for equal ones.
  const double *tauMem, *tauSyn;
  const double *largestGain;    ///< The largest part of a current that reaches V.
  double *potential, *current;  ///< V - v_leak and I.
  double *theta, *nearTheta;    ///< As those of a tile.
  const double *reset, *height;
  const double *given;          ///< Given times, each neuron's in order and with an infinite one at the end; null: they are found.
  int64_t *next;                ///< The place of each neuron's next given time.
  int64_t spikesOnce;
  int64_t stride;               ///< From eight neurons to the next in a matrix.
} clayer_neurons;

/// What eight neurons read, each in its own order of time: `[entry][8]`.
///
/// Entry 0 is the start of the run, and the one after the last window is the horizon. An arrival at or after the horizon stands there and
/// has no number.
typedef struct {
  double *time, *weight;
  int32_t *arrival;             ///< The number of the spike that arrives; -1: none. Of neurons with one order the first counts for all.
  double *potential, *current;  ///< The state just after the arrival.
  int64_t windows;
  int64_t haveOneOrder;
} clayer_arrivals;

/// Lists the arrivals of eight neurons, whose rows of weights and delays are eight numbers long; `delays` may be null.
///
/// The other arguments have room for one number for each arrival, `buckets` for two and one more.
void clayer_list_arrivals(
  const clayer_spike *source, int64_t count, const double *weights, const double *delays, double horizon, clayer_arrivals *arrivals,
  double *time, double *times, int32_t *order, int32_t *buckets);

/// Neurons whose next crossing the caller has to find; they stay in the state from which it is searched. There is room for one more than
/// there are neurons.
typedef struct {
  int32_t *lane;
  double *elapsed;     ///< The time from the start of the window to that state.
  int64_t count;
  int64_t isDelicate;  ///< Whether some V was at the threshold at the end of a window, up to rounding.
} clayer_left;

/// Leads neurons through the windows from one on; returns the window where it stopped, as `clayer_forward` does.
///
/// `arrivals` has a list for each eight neurons, all of one length: the window of a number ends for each neuron at its own time.
int64_t clayer_lead(
  const clayer_neurons *neurons, const clayer_arrivals *arrivals, int64_t from, int32_t neuron, clayer_found *found, clayer_left *left);

/// Some neurons on the way back.
typedef struct {
  double *lambdaV, *lambdaI;
  double *gradient, *delayGradient;  ///< `[block][row][8]`; null: without delays.
  double *tauMem, *tauSyn;           ///< The derivatives by the time constants; null where they are not wanted.
} clayer_lambdas;

/// Walks the arrivals of neurons and their spikes `first ..< last` back, from the horizon to the start of the run.
///
/// Adds to the gradients and to dL/dt of the spikes that were read. Of each spike, ym becomes lambda_V after it, c the one before it, and ys
/// lambda_I.
void clayer_lead_back(
  const clayer_neurons *neurons, const clayer_arrivals *arrivals, const clayer_lambdas *lambdas, const clayer_found *found, int64_t first,
  int64_t last, int32_t neuron, clayer_spike *source);

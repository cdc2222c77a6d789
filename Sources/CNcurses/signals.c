// A signal with a request becomes a byte in a pipe, which is polled together with the keyboard. The
// requests therefore arrive in order, outside a signal handler, and never between poll and sleep.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
enum { asking_count = sizeof asking / sizeof asking[0] };

static struct sigaction previous[asking_count];
static bool is_installed[asking_count];
static int ends[2] = {-1, -1};

/// How many signals in the pipe ask for an end of what is being done.
static atomic_int stops = 0;

/// When the first of the signals in the pipe arrived that ask for an end of the program, in milliseconds; 0 for none.
static atomic_long asked = 0;

/// How long the program may take to hear of one, in milliseconds, before another one ends it at once. A session that closes sends
/// several together, which say no more than one.
enum { patience = 1000 };

static bool asks_to_end(int signal) {
  return signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT;
}

static bool asks_to_stop(int signal) { return signal == SIGINT || asks_to_end(signal); }

/// Whether the program has not heard of a signal that asked for its end.
static bool is_deaf(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  long now = time.tv_sec * 1000L + time.tv_nsec / 1000000L, first = 0;
  return !atomic_compare_exchange_strong(&asked, &first, now) && now - first >= patience;
}

static void report(int signal) {
  int saved = errno;
  if (asks_to_end(signal) && is_deaf()) cn_end_at_once(signal);
  unsigned char byte = (unsigned char)signal;
  // A full pipe holds thousands of requests already; one more would change nothing.
  if (write(ends[1], &byte, 1) == 1 && asks_to_stop(signal)) atomic_fetch_add(&stops, 1);
  errno = saved;
}

bool cn_open_signals(void) {
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return false;

  // A program started from a pool of threads inherits a mask that blocks everything.
  sigset_t unblocked;
  sigemptyset(&unblocked);

  struct sigaction action = {.sa_handler = report};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (int i = 0; i < asking_count; i++) {
    int signal = asking[i];
    sigaddset(&unblocked, signal);
    sigaction(signal, NULL, &previous[i]);
    // A signal that `nohup` or a shell without job control ignores stays ignored.
    bool is_ignored = previous[i].sa_handler == SIG_IGN;
    is_installed[i] = !(is_ignored && (signal == SIGHUP || signal == SIGTSTP));
    if (is_installed[i]) sigaction(signal, &action, NULL);
  }
  pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
  return true;
}

void cn_close_signals(void) {
  if (ends[0] < 0) return;
  for (int i = 0; i < asking_count; i++) {
    if (is_installed[i]) sigaction(asking[i], &previous[i], NULL);
    is_installed[i] = false;
  }
  close(ends[0]);
  close(ends[1]);
  ends[0] = ends[1] = -1;
  atomic_store(&stops, 0);
  atomic_store(&asked, 0);
}

int cn_signal_descriptor(void) { return ends[0]; }

int cn_take_signal(void) {
  unsigned char byte;
  if (read(ends[0], &byte, 1) != 1) return 0;
  if (asks_to_stop(byte)) atomic_fetch_sub(&stops, 1);
  if (asks_to_end(byte)) atomic_store(&asked, 0);
  return byte;
}

bool cn_is_asked_to_stop(void) { return atomic_load(&stops) > 0; }

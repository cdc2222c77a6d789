// After a trap or a bad access ncurses must not be called any more. The characters (from terminfo)
// and the modes that give the terminal back are therefore prepared beforehand. The handler writes
// them, writes the kept errors, and passes the signal to the previous handler, such as Swift's
// backtracer.

#include "internal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { fatal_count = sizeof fatal / sizeof fatal[0] };

static struct sigaction previous[fatal_count];
static bool is_guarding = false;
static volatile sig_atomic_t is_restored = 0;

static char farewell[512];
static size_t farewell_length = 0;
static struct termios modes;

/// Adds a string of terminfo without its padding, which looks like `$<50/>`.
static void append(const char *text) {
  if (text == NULL || text == (const char *)-1) return;
  while (*text != '\0' && farewell_length < sizeof farewell) {
    const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
    if (end != NULL) {
      text = end + 1;
    } else {
      farewell[farewell_length++] = *text++;
    }
  }
}

static void restore(void) {
  if (is_restored) return;
  is_restored = 1;
  ssize_t ignored = write(STDOUT_FILENO, farewell, farewell_length);
  (void)ignored;
  tcsetattr(STDIN_FILENO, TCSANOW, &modes);
  cn_release_errors();
}

static void give_back(int signal, siginfo_t *information, void *context) {
  restore();
  struct sigaction older = {.sa_handler = SIG_DFL};
  for (int i = 0; i < fatal_count; i++) {
    if (fatal[i] == signal) older = previous[i];
  }
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigaction(signal, &standard, NULL);
  if (older.sa_flags & SA_SIGINFO) {
    // Called rather than restored and raised, because it reports the place of the crash.
    older.sa_sigaction(signal, information, context);
  } else if (older.sa_handler != SIG_DFL && older.sa_handler != SIG_IGN) {
    older.sa_handler(signal);
  }
  sigaction(signal, &standard, NULL);
  raise(signal);
}

void cn_end_at_once(int signal) {
  restore();
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigaction(signal, &standard, NULL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  raise(signal);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/// A stack for the handler, since the ordinary one may be what has run out.
static void provide_stack(void) {
  static char space[64 * 1024];
  stack_t present;
  if (sigaltstack(NULL, &present) != 0 || !(present.ss_flags & SS_DISABLE)) return;
  stack_t stack = {.ss_sp = space, .ss_size = sizeof space};
  sigaltstack(&stack, NULL);
}

void cn_open_crash_guard(bool uses_mouse, bool uses_paste) {
  farewell_length = 0;
  is_restored = 0;
  if (uses_paste) append(CN_FRAME_END);
  if (uses_mouse) append(CN_MOUSE_OFF);
  if (uses_paste) append(CN_PASTE_OFF);
  append(tigetstr("sgr0"));
  append(tigetstr("op"));
  append(tigetstr("rmkx"));
  append(tigetstr("rmcup"));
  append(tigetstr("cnorm"));
  append("\r");

  provide_stack();
  struct sigaction action = {.sa_sigaction = give_back};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &action, &previous[i]);
  is_guarding = true;
}

void cn_close_crash_guard(void) {
  if (!is_guarding) return;
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &previous[i], NULL);
  is_guarding = false;
}

void cn_remember_modes(void) { tcgetattr(STDIN_FILENO, &modes); }

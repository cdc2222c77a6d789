// Starting a program so that nothing of the test runner reaches it: no blocked signals, no ignored
// ones, no descriptors besides the three standard ones.

#ifndef SPAWN_SUPPORT_H
#define SPAWN_SUPPORT_H

#include <stdbool.h>
#include <sys/types.h>

/// A program under way, and our ends of its three streams.
typedef struct {
  pid_t process;  // -1 when it could not be started
  int error;      // why not
  int input;
  int output;
  int errors;
} CSProcess;

/// Starts a program; both lists end with a null pointer.
CSProcess cs_start(const char *path, char *const arguments[], char *const environment[]);

/// Starts a program on a pseudo-terminal of a size; input and output are its other end, and errors are part of the output.
CSProcess cs_start_on_terminal(
  const char *path, char *const arguments[], char *const environment[], int columns, int rows);

/// Waits until one of the outputs can be read; returns a set of bits: 1 output, 2 errors.
///
/// Negative descriptors are left out. Returns 0 when the time is over.
int cs_wait_readable(int output, int errors, int milliseconds);

/// Whether the process has ended, and if so, its status as shells count it: 128 + n for signal n.
bool cs_has_ended(pid_t process, int *status);

#endif

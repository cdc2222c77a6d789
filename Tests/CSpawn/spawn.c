#define _GNU_SOURCE 1

#include "spawn_support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/// Three pipes, ours and theirs; closed by exec, so that no process started meanwhile keeps them.
static bool open_pipes(int pipes[3][2]) {
  for (int i = 0; i < 3; i++) {
    if (pipe2(pipes[i], O_CLOEXEC) == 0) continue;
    while (i-- > 0) {
      close(pipes[i][0]);
      close(pipes[i][1]);
    }
    return false;
  }
  return true;
}

/// Starts a program with the descriptors that the actions open; the actions are used up.
static CSProcess spawn(
  const char *path, char *const arguments[], char *const environment[], posix_spawn_file_actions_t *actions,
  short flags) {
  posix_spawn_file_actions_addclosefrom_np(actions, 3);

  // Threads of a pool block every signal, and a child inherits that.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags);

  CSProcess result = {.process = -1};
  result.error = posix_spawnp(&result.process, path, actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(actions);
  if (result.error != 0) result.process = -1;
  return result;
}

CSProcess cs_start_on_terminal(
  const char *path, char *const arguments[], char *const environment[], int columns, int rows) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0 || ioctl(terminal, TIOCSWINSZ, &size) != 0) {
    return (CSProcess){.process = -1, .error = errno};
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // In a session of its own, opening the other end makes it the controlling terminal.
  const char *name = ptsname(terminal);
  for (int descriptor = 0; descriptor < 3; descriptor++) {
    posix_spawn_file_actions_addopen(&actions, descriptor, name, O_RDWR, 0);
  }
  CSProcess result = spawn(path, arguments, environment, &actions, POSIX_SPAWN_SETSID);
  if (result.error != 0) close(terminal);
  result.input = result.output = result.error == 0 ? terminal : -1;
  result.errors = -1;
  return result;
}

CSProcess cs_start(const char *path, char *const arguments[], char *const environment[]) {
  int pipes[3][2];
  if (!open_pipes(pipes)) return (CSProcess){.process = -1, .error = errno};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipes[0][0], 0);
  posix_spawn_file_actions_adddup2(&actions, pipes[1][1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipes[2][1], 2);
  // A server that detaches itself would keep whatever it inherits open for ever.
  CSProcess result = spawn(path, arguments, environment, &actions, 0);

  close(pipes[0][0]);
  close(pipes[1][1]);
  close(pipes[2][1]);
  if (result.error != 0) {
    close(pipes[0][1]);
    close(pipes[1][0]);
    close(pipes[2][0]);
    return result;
  }
  // A program that reads nothing must not end the test runner when it is written to.
  signal(SIGPIPE, SIG_IGN);
  result.input = pipes[0][1];
  result.output = pipes[1][0];
  result.errors = pipes[2][0];
  fcntl(result.input, F_SETFL, O_NONBLOCK);
  return result;
}

int cs_wait_readable(int output, int errors, int milliseconds) {
  struct pollfd sources[] = {
    {.fd = output, .events = POLLIN}, {.fd = errors, .events = POLLIN}};
  if (poll(sources, 2, milliseconds) <= 0) return 0;
  return (sources[0].revents != 0 ? 1 : 0) | (sources[1].revents != 0 ? 2 : 0);
}

bool cs_has_ended(pid_t process, int *status) {
  int raw;
  if (waitpid(process, &raw, WNOHANG) != process) return false;
  *status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
  return true;
}

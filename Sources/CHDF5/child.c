// The child process that reads a file, and the questions to it.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

struct ch_file {
  pid_t child;
  int channel;
};

typedef enum { describe, read_values } task;

typedef struct {
  task task;
  int64_t first;
  int64_t count;
  uint64_t path_length;
} question;

typedef struct {
  CHStatus status;
  ch_description description;
  uint64_t size;
  uint64_t lists;
} answer;

static bool send_all(int channel, const void *bytes, size_t size) {
  const char *rest = bytes;
  while (size > 0) {
    ssize_t sent = send(channel, rest, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    rest += sent;
    size -= (size_t)sent;
  }
  return true;
}

static bool receive_all(int channel, void *bytes, size_t size) {
  char *rest = bytes;
  while (size > 0) {
    ssize_t received = recv(channel, rest, size, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    rest += received;
    size -= (size_t)received;
  }
  return true;
}

// MARK: The child

/// Allows some processor time from now on; then the child ends. A whole file takes about a tenth.
static void limit_time(size_t bytes) {
  struct rusage used;
  struct rlimit limit;
  if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0) return;
  rlim_t used_seconds = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  rlim_t most = used_seconds + 5 + bytes / (5 << 20);
  if (limit.rlim_max == RLIM_INFINITY || most < limit.rlim_max) limit.rlim_cur = most;
  setrlimit(RLIMIT_CPU, &limit);
}

/// Allows some memory beside that of the program, so that HDF5 cannot take all there is.
static void limit_memory(void) {
  FILE *statistics = fopen("/proc/self/statm", "r");
  if (statistics == NULL) return;
  unsigned long long pages;
  if (fscanf(statistics, "%llu", &pages) == 1) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0) {
      rlim_t most = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + 6 * (rlim_t)ch_most_bytes;
      if (most < limit.rlim_cur) limit.rlim_cur = most;
      setrlimit(RLIMIT_AS, &limit);
    }
  }
  fclose(statistics);
}

/// Makes the child independent of the terminal, the open files and the signals of the program.
static void detach(int channel) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGTERM, SIGHUP, SIGXCPU};
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) sigaction(fatal[i], &standard, NULL);
  struct sigaction ignored = {.sa_handler = SIG_IGN};
  const int keys[] = {SIGINT, SIGQUIT, SIGTSTP, SIGWINCH};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) sigaction(keys[i], &ignored, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);

  struct rlimit no_core = {0};
  setrlimit(RLIMIT_CORE, &no_core);
  limit_memory();

  // An aborting C library must not write to the screen.
  int nothing = open("/dev/null", O_RDWR);
  for (int file = 0; file < 3; file++) dup2(nothing, file);
  long most = sysconf(_SC_OPEN_MAX);
  for (int file = 3; file < (most < 0 || most > 4096 ? 4096 : most); file++) {
    if (file != channel) close(file);
  }
}

static bool reply(const reading *file, int channel, const question *asked, const char *path) {
  answer answer = {0};
  ch_values values = {0};
  if (asked->task == describe) {
    answer.status = ch_child_describe(file, path, &answer.description);
  } else {
    answer.status = ch_child_read(file, path, asked->first, asked->count, &values);
  }
  if (answer.status == CHStatusDone) {
    answer.size = values.size;
    answer.lists = values.lists;
  }
  bool is_sent = send_all(channel, &answer, sizeof answer)
                 && send_all(channel, values.bytes, answer.size)
                 && send_all(channel, values.list_lengths, answer.lists * sizeof(int64_t));
  free(values.bytes);
  free(values.list_lengths);
  return is_sent;
}

/// Answers questions until the program closes the channel.
static void serve(int channel, const void *bytes, size_t count) {
  detach(channel);
  limit_time(count);
  char name[ch_name_size];
  hid_t access = ch_in_memory(name);
  // HDF5 takes the bytes as not const, but it copies them.
  if (access < 0 || H5Pset_file_image(access, (void *)bytes, count) < 0) return;
  reading file = {.id = H5Fopen(name, H5F_ACC_RDONLY, access), .bytes = count};
  if (file.id < 0 || !send_all(channel, "!", 1)) return;
  question asked;
  while (receive_all(channel, &asked, sizeof asked)) {
    limit_time(count);
    char *path = malloc(asked.path_length + 1);
    if (path == NULL || !receive_all(channel, path, asked.path_length)) return;
    path[asked.path_length] = '\0';
    if (!reply(&file, channel, &asked, path)) return;
    free(path);
  }
}

// MARK: The program

ch_file *ch_open(const void *bytes, size_t count) {
  int channel[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) != 0) return NULL;
  fcntl(channel[0], F_SETFD, FD_CLOEXEC);
  fcntl(channel[1], F_SETFD, FD_CLOEXEC);
  // The child inherits the library in the state of this moment: no other thread is inside.
  ch_enter();
  pid_t child = fork();
  if (child == 0) {
    serve(channel[1], bytes, count);
    _exit(0);
  }
  ch_leave();
  close(channel[1]);
  ch_file *file = child < 0 ? NULL : malloc(sizeof *file);
  if (file == NULL) {
    close(channel[0]);
    return NULL;
  }
  *file = (ch_file){.child = child, .channel = channel[0]};
  char is_open;
  if (receive_all(file->channel, &is_open, 1)) return file;
  ch_close(file);
  return NULL;
}

void ch_close(ch_file *file) {
  close(file->channel);
  kill(file->child, SIGKILL);
  while (waitpid(file->child, NULL, 0) < 0 && errno == EINTR) continue;
  free(file);
}

static CHStatus ask(ch_file *file, question asked, const char *path, answer *answer) {
  asked.path_length = strlen(path);
  bool is_answered = send_all(file->channel, &asked, sizeof asked)
                     && send_all(file->channel, path, asked.path_length)
                     && receive_all(file->channel, answer, sizeof *answer);
  return is_answered ? answer->status : CHStatusDamaged;
}

CHStatus ch_describe(ch_file *file, const char *path, ch_description *description) {
  answer answer;
  CHStatus status = ask(file, (question){.task = describe}, path, &answer);
  if (status == CHStatusDone) *description = answer.description;
  return status;
}

CHStatus ch_read(
  ch_file *file, const char *path, int64_t first, int64_t count, ch_values *values
) {
  answer answer;
  question asked = {.task = read_values, .first = first, .count = count};
  *values = (ch_values){0};
  CHStatus status = ask(file, asked, path, &answer);
  if (status != CHStatusDone) return status;
  // A child whose memory is corrupt can say anything.
  if (answer.size > ch_most_bytes || answer.lists > ch_most_numbers) return CHStatusDamaged;
  values->size = answer.size;
  values->lists = answer.lists;
  values->bytes = malloc(values->size + 1);
  values->list_lengths = calloc(values->lists + 1, sizeof(int64_t));
  if (values->bytes == NULL || values->list_lengths == NULL) {
    status = CHStatusNoMemory;
  } else if (!receive_all(file->channel, values->bytes, values->size)
             || !receive_all(
                file->channel, values->list_lengths, values->lists * sizeof(int64_t))) {
    status = CHStatusDamaged;
  }
  if (status == CHStatusDone) return status;
  free(values->bytes);
  free(values->list_lengths);
  *values = (ch_values){0};
  return status;
}

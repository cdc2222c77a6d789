// The output of ncurses: its own descriptor, so that a picture reaches the terminal in one piece.

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// What ncurses writes to: the terminal, or between the calls of a frame a file in memory.
static int output = -1;
/// The file in memory; -1 where there is none, and a picture then goes out in pieces.
static int kept = -1;
/// Whether the terminal shows what stands between the marks of a frame at once.
static bool is_synchronized = false;

FILE *cn_open_output(void) {
  output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (output < 0) return NULL;
  kept = memfd_create("frame", MFD_CLOEXEC);
  is_synchronized = false;
  FILE *file = fdopen(output, "w");
  if (file == NULL) close(output);
  return file;
}

void cn_close_output(FILE *file) {
  if (file != NULL) fclose(file);
  if (kept >= 0) close(kept);
  output = kept = -1;
}

void cn_synchronize(void) { is_synchronized = true; }

void cn_send_all(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = write(STDOUT_FILENO, bytes, count);
    if (sent > 0) {
      bytes += sent;
      count -= (size_t)sent;
    } else if (sent < 0 && errno == EAGAIN) {
      struct pollfd target = {.fd = STDOUT_FILENO, .events = POLLOUT};
      poll(&target, 1, -1);
    } else if (sent == 0 || errno != EINTR) {
      return;
    }
  }
}

void cn_begin_frame(void) {
  if (kept < 0 || ftruncate(kept, 0) != 0 || lseek(kept, 0, SEEK_SET) != 0) return;
  dup3(kept, output, O_CLOEXEC);
}

void cn_end_frame(void) {
  if (kept < 0) return;
  dup3(STDOUT_FILENO, output, O_CLOEXEC);
  off_t size = lseek(kept, 0, SEEK_CUR);
  if (size <= 0) return;
  enum { before = sizeof CN_FRAME_BEGIN - 1, after = sizeof CN_FRAME_END - 1 };
  static char *bytes = NULL;
  static size_t capacity = 0;
  size_t wanted = before + (size_t)size + after;
  if (wanted > capacity) {
    char *larger = realloc(bytes, wanted);
    // Without memory the picture is lost; the next one is sent as a whole.
    if (larger == NULL) return cn_repaint();
    bytes = larger;
    capacity = wanted;
  }
  memcpy(bytes, CN_FRAME_BEGIN, before);
  ssize_t count = pread(kept, bytes + before, (size_t)size, 0);
  if (count != size) return cn_repaint();
  memcpy(bytes + before + size, CN_FRAME_END, after);
  if (is_synchronized) {
    cn_send_all(bytes, wanted);
  } else {
    cn_send_all(bytes + before, (size_t)size);
  }
}

// Messages on the standard error would land in the middle of the picture. Messages of a crash would
// land on the alternate screen and vanish with it. A nameless file keeps all of them until the main
// screen is back. It is a file and no pipe, because a full pipe would block the writer.

#include "internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int held = -1;      // the nameless file
static int original = -1;  // the standard error as it was

void cn_hold_errors(void) {
  // Errors that go elsewhere do not disturb the picture.
  if (held >= 0 || !isatty(STDERR_FILENO)) return;
  char path[] = "/tmp/backspike-errors-XXXXXX";
  held = mkostemp(path, O_CLOEXEC | O_APPEND);
  if (held < 0) return;
  unlink(path);
  original = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (original < 0 || dup2(held, STDERR_FILENO) < 0) {
    close(held);
    held = -1;
  }
}

void cn_release_errors(void) {
  if (held < 0) return;
  dup2(original, STDERR_FILENO);
  char buffer[4096];
  off_t offset = 0;
  for (;;) {
    ssize_t count = pread(held, buffer, sizeof buffer, offset);
    if (count <= 0 || write(STDERR_FILENO, buffer, (size_t)count) < 0) break;
    offset += count;
  }
  close(held);
  close(original);
  held = original = -1;
}

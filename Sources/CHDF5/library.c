// The state of the library: one lock, no messages, and files in memory.

#include "internal.h"

#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void ch_enter(void) {
  pthread_mutex_lock(&lock);
  static bool is_ready = false;
  if (is_ready) return;
  is_ready = true;
  H5dont_atexit();
  H5open();
  // A file must not bring in code of its own.
  H5PLset_loading_state(0);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void ch_leave(void) { pthread_mutex_unlock(&lock); }

hid_t ch_in_memory(char name[ch_name_size]) {
  // HDF5 takes two files in memory with one name for the same file.
  static unsigned long long count = 0;
  snprintf(name, ch_name_size, "memory-%llu", count++);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return access;
  if (H5Pset_fapl_core(access, 1 << 16, 0) >= 0
      && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0) {
    return access;
  }
  H5Pclose(access);
  return -1;
}

// What the files of this target share.

#ifndef CHDF5_INTERNAL_H
#define CHDF5_INTERNAL_H

#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>
#elif __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#error "HDF5 headers not found: on Debian or Ubuntu run  apt-get install libhdf5-dev"
#endif

#include "chdf5.h"

/// The largest array, in numbers and in bytes.
enum { ch_most_numbers = 1 << 27, ch_most_bytes = 1 << 30 };

enum { ch_name_size = 32 };

/// Takes the lock of HDF5, which must not be entered by two threads, and makes it silent.
void ch_enter(void);

/// Gives the lock back.
void ch_leave(void);

/// A list of properties for a file in memory, and a name for it that no open file has.
hid_t ch_in_memory(char name[ch_name_size]);

/// A file that is open in the child process.
typedef struct {
  hid_t id;
  size_t bytes;
} reading;

/// What the child does for `ch_describe`.
CHStatus ch_child_describe(
  const reading *file, const char *path, ch_description *description);

/// What the child does for `ch_read`; the values are set in the case of a failure, too.
CHStatus ch_child_read(
  const reading *file, const char *path, int64_t first, int64_t count, ch_values *values);

#endif

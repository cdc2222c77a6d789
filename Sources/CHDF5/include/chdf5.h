// The part of HDF5 that Backspike needs, in a form that Swift can import: without macros and
// globals. Files live in memory only. A path begins with '/' and is a list of names.
//
// A damaged file can crash libhdf5 or corrupt its memory. A file is therefore read in a child
// process, which can do no harm: if the child ends, or computes for too long, the file is damaged.

#ifndef CHDF5_H
#define CHDF5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Enumerations that Swift imports as enumerations of its own.
#define CH_ENUM(name) \
  typedef enum __attribute__((enum_extensibility(closed))) name name; \
  enum __attribute__((enum_extensibility(closed))) name

/// How a call ended.
CH_ENUM(CHStatus) {
  CHStatusDone,
  CHStatusNoMember,  // nothing has this path
  CHStatusLink,      // the path leads through a soft link or into another file
  CHStatusWrongKind,
  CHStatusTooLarge,
  CHStatusDamaged,
  CHStatusNoMemory,
};

/// What a member is.
CH_ENUM(CHKind) {
  CHKindGroup,
  CHKindNumbers,
  CHKindText,
  CHKindLists,  // each value is a list of numbers
  CHKindOther,
};

/// How a file stores one number.
CH_ENUM(CHElement) {
  CHElementFloat16,
  CHElementBFloat16,
  CHElementFloat32,
  CHElementFloat64,
  CHElementSigned,    // up to 8 bytes
  CHElementUnsigned,  // up to 8 bytes
  CHElementOther,
};

enum { ch_most_axes = 32 };

/// What is known about a member before its values are read.
typedef struct {
  CHKind kind;
  CHElement element;  // of numbers and lists
  int32_t bytes;      // of one number
  int32_t axes;
  int64_t lengths[ch_most_axes];
  int64_t count;  // of all values; one for a scalar
} ch_description;

/// The values of a member. Both pointers are to be given to free().
typedef struct {
  // Numbers: words of 8 bytes, which are float64, or int64 or uint64 for whole numbers.
  // Lists: the words of all lists, one list after the other.
  // Text: each text with its zero byte. Groups: each name, in the order of the alphabet.
  void *bytes;
  size_t size;
  // Lists: the length of each.
  int64_t *list_lengths;
  size_t lists;
} ch_values;

/// A file that is open for reading.
typedef struct ch_file ch_file;

/// Opens a file's bytes for reading, or returns NULL. The bytes are copied.
ch_file *ch_open(const void *bytes, size_t count);

/// Forgets a file.
void ch_close(ch_file *file);

/// Tells what has a path.
CHStatus ch_describe(ch_file *file, const char *path, ch_description *description);

/// Reads what has a path. Of lists, `count` are read from the place `first` on.
CHStatus ch_read(
  ch_file *file, const char *path, int64_t first, int64_t count, ch_values *values);

/// A file that is being written.
typedef struct ch_new_file ch_new_file;

/// Begins a file, or returns NULL.
ch_new_file *ch_create(void);

/// Forgets a file.
void ch_discard(ch_new_file *file);

/// Adds a group.
CHStatus ch_add_group(ch_new_file *file, const char *path);

/// Adds numbers as float64, or as int64 where they are `whole`.
CHStatus ch_add_numbers(
  ch_new_file *file, const char *path, int axes, const int64_t *lengths, const double *values,
  bool whole);

/// Adds texts; `texts` holds each with its zero byte.
CHStatus ch_add_texts(
  ch_new_file *file, const char *path, int axes, const int64_t *lengths, const char *texts);

/// The bytes of the file, to be given to free().
CHStatus ch_image(ch_new_file *file, void **bytes, size_t *count);

#endif

// Reading members of groups and values of datasets, in the child process. Every size is checked
// before memory is taken, because a damaged file can claim any size.

#include "internal.h"

#include <stdlib.h>
#include <string.h>

/// Opens what has a path. Links that are not of the hard kind are not followed.
static CHStatus open_object(const reading *file, const char *path, hid_t *object) {
  hid_t place = H5Oopen(file->id, "/", H5P_DEFAULT);
  if (place < 0) return CHStatusDamaged;
  const char *rest = path;
  while (*rest != '\0') {
    while (*rest == '/') rest++;
    size_t length = strcspn(rest, "/");
    if (length == 0) break;
    char *name = strndup(rest, length);
    rest += length;
    CHStatus status = CHStatusNoMemory;
    hid_t next = -1;
    if (name != NULL) {
      H5O_info_t about;
      H5L_info_t link;
      if (H5Oget_info2(place, &about, H5O_INFO_BASIC) < 0) {
        status = CHStatusDamaged;
      } else if (about.type != H5O_TYPE_GROUP || H5Lexists(place, name, H5P_DEFAULT) <= 0) {
        status = CHStatusNoMember;
      } else if (H5Lget_info(place, name, &link, H5P_DEFAULT) < 0) {
        status = CHStatusDamaged;
      } else if (link.type != H5L_TYPE_HARD) {
        status = CHStatusLink;
      } else {
        next = H5Oopen(place, name, H5P_DEFAULT);
        status = next < 0 ? CHStatusDamaged : CHStatusDone;
      }
      free(name);
    }
    H5Oclose(place);
    if (status != CHStatusDone) return status;
    place = next;
  }
  *object = place;
  return CHStatusDone;
}

/// How a type stores a number.
static CHElement element_of(hid_t type) {
  size_t size = H5Tget_size(type);
  if (H5Tget_class(type) == H5T_INTEGER) {
    if (size < 1 || size > 8) return CHElementOther;
    return H5Tget_sign(type) == H5T_SGN_NONE ? CHElementUnsigned : CHElementSigned;
  }
  size_t sign, exponent, exponent_bits, mantissa, mantissa_bits;
  if (H5Tget_class(type) != H5T_FLOAT
      || H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) < 0) {
    return CHElementOther;
  }
  if (size == 2 && exponent_bits == 5 && mantissa_bits == 10) return CHElementFloat16;
  if (size == 2 && exponent_bits == 8 && mantissa_bits == 7) return CHElementBFloat16;
  if (size == 4 && exponent_bits == 8 && mantissa_bits == 23) return CHElementFloat32;
  if (size == 8 && exponent_bits == 11 && mantissa_bits == 52) return CHElementFloat64;
  return CHElementOther;
}

/// Whether a dataset keeps its values in this file, and can have as many as it claims.
static CHStatus check_storage(const reading *file, hid_t dataset, uint64_t count, size_t size) {
  hid_t creation = H5Dget_create_plist(dataset);
  if (creation < 0) return CHStatusDamaged;
  CHStatus status = CHStatusDone;
  H5D_layout_t layout = H5Pget_layout(creation);
  uint64_t least = count * size / 1032;  // deflate makes 1032 bytes of one at the most
  if (layout == H5D_VIRTUAL || H5Pget_external_count(creation) != 0) {
    status = CHStatusLink;
  } else if (layout < 0) {
    status = CHStatusDamaged;
  } else if (layout == H5D_CHUNKED) {
    hsize_t chunk[ch_most_axes];
    int axes = H5Pget_chunk(creation, ch_most_axes, chunk);
    uint64_t bytes = size;
    if (axes < 0) status = CHStatusDamaged;
    for (int axis = 0; axis < axes && status == CHStatusDone; axis++) {
      if (chunk[axis] == 0) {
        status = CHStatusDamaged;
      } else if (bytes > ch_most_bytes / chunk[axis]) {
        status = CHStatusTooLarge;
      } else {
        bytes *= chunk[axis];
      }
    }
    if (status == CHStatusDone && bytes / 1032 > file->bytes) status = CHStatusTooLarge;
  } else if (count * size > file->bytes) {
    status = CHStatusTooLarge;
  }
  if (status == CHStatusDone && least > file->bytes) status = CHStatusTooLarge;
  H5Pclose(creation);
  return status;
}

static CHStatus describe_dataset(const reading *file, hid_t dataset, ch_description *description) {
  hid_t type = H5Dget_type(dataset);
  hid_t space = H5Dget_space(dataset);
  hsize_t lengths[ch_most_axes];
  CHStatus status = CHStatusDone;
  int axes = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
  if (type < 0 || axes < 0 || axes > ch_most_axes
      || (axes > 0 && H5Sget_simple_extent_dims(space, lengths, NULL) < 0)) {
    status = CHStatusDamaged;
  } else {
    hid_t values = type;
    switch (H5Tget_class(type)) {
      case H5T_INTEGER:
      case H5T_FLOAT:
        description->kind = CHKindNumbers;
        break;
      case H5T_STRING:
        description->kind = CHKindText;
        break;
      case H5T_VLEN:
        values = H5Tget_super(type);
        description->kind = element_of(values) == CHElementOther ? CHKindOther : CHKindLists;
        break;
      default:
        description->kind = CHKindOther;
    }
    if (H5Sget_simple_extent_type(space) == H5S_NULL) description->kind = CHKindOther;
    description->element = element_of(values);
    description->bytes = (int32_t)H5Tget_size(values);
    if (values != type) H5Tclose(values);

    description->axes = axes;
    uint64_t count = 1;
    for (int axis = 0; axis < axes; axis++) {
      if (lengths[axis] > ch_most_numbers) status = CHStatusTooLarge;
      description->lengths[axis] = (int64_t)lengths[axis];
    }
    for (int axis = 0; axis < axes && status == CHStatusDone; axis++) {
      count *= lengths[axis];
      if (count > ch_most_numbers) status = CHStatusTooLarge;
    }
    size_t size = H5Tget_size(type);
    if (status == CHStatusDone && (size == 0 || (count > 0 && size > ch_most_bytes / count))) {
      status = CHStatusTooLarge;
    }
    description->count = (int64_t)count;
    if (status == CHStatusDone && description->kind != CHKindOther) {
      status = check_storage(file, dataset, count, size);
    }
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  return status;
}

/// Opens a path and describes it; the object must be closed if the status is `CHStatusDone`.
static CHStatus open_described(
  const reading *file, const char *path, hid_t *object, ch_description *description
) {
  memset(description, 0, sizeof *description);
  description->kind = CHKindOther;
  description->element = CHElementOther;
  CHStatus status = open_object(file, path, object);
  if (status != CHStatusDone) return status;
  H5O_info_t about;
  if (H5Oget_info2(*object, &about, H5O_INFO_BASIC) < 0) {
    status = CHStatusDamaged;
  } else if (about.type == H5O_TYPE_GROUP) {
    description->kind = CHKindGroup;
  } else if (about.type == H5O_TYPE_DATASET) {
    status = describe_dataset(file, *object, description);
  }
  if (status != CHStatusDone) H5Oclose(*object);
  return status;
}

CHStatus ch_child_describe(
  const reading *file, const char *path, ch_description *description
) {
  hid_t object;
  CHStatus status = open_described(file, path, &object, description);
  if (status == CHStatusDone) H5Oclose(object);
  return status;
}

/// Bytes that grow.
typedef struct {
  char *start;
  size_t size;
  size_t room;
} bytes;

/// Adds bytes; fails when there would be too many, or no memory.
static CHStatus append(bytes *all, const void *added, size_t size) {
  if (size > ch_most_bytes || all->size > ch_most_bytes - size) return CHStatusTooLarge;
  if (all->size + size > all->room) {
    size_t room = 2 * (all->size + size) + 64;
    char *start = realloc(all->start, room);
    if (start == NULL) return CHStatusNoMemory;
    all->start = start;
    all->room = room;
  }
  if (size > 0) memcpy(all->start + all->size, added, size);
  all->size += size;
  return CHStatusDone;
}

static herr_t append_name(hid_t group, const char *name, const H5L_info_t *link, void *names) {
  (void)group;
  (void)link;
  return append(names, name, strlen(name) + 1) == CHStatusDone ? 0 : -1;
}

/// Selects one value of a dataset.
static bool select_one(hid_t space, const ch_description *description, int64_t index) {
  if (description->axes == 0) return H5Sselect_all(space) >= 0;
  hsize_t place[ch_most_axes];
  for (int axis = description->axes - 1; axis >= 0; axis--) {
    place[axis] = (hsize_t)(index % description->lengths[axis]);
    index /= description->lengths[axis];
  }
  return H5Sselect_elements(space, H5S_SELECT_SET, 1, place) >= 0;
}

/// Reads values that have no fixed size, one at a time, so that their sum is known in time.
static CHStatus read_each(
  hid_t dataset, hid_t type, const ch_description *description, int64_t first, int64_t count,
  void *value, CHStatus (*take)(void *value, int64_t index, void *context), void *context
) {
  CHStatus status = CHStatusDone;
  hid_t space = H5Dget_space(dataset);
  hid_t one = H5Screate(H5S_SCALAR);
  if (space < 0 || one < 0) status = CHStatusDamaged;
  for (int64_t index = 0; index < count && status == CHStatusDone; index++) {
    if (!select_one(space, description, first + index)
        || H5Dread(dataset, type, one, space, H5P_DEFAULT, value) < 0) {
      status = CHStatusDamaged;
    } else {
      status = take(value, index, context);
      H5Dvlen_reclaim(type, one, H5P_DEFAULT, value);
    }
  }
  if (one >= 0) H5Sclose(one);
  if (space >= 0) H5Sclose(space);
  return status;
}

static CHStatus take_text(void *value, int64_t index, void *context) {
  (void)index;
  const char *text = *(char **)value;
  return append(context, text == NULL ? "" : text, text == NULL ? 1 : strlen(text) + 1);
}

static CHStatus fixed_texts(hid_t dataset, hid_t type, int64_t count, bytes *all) {
  size_t size = H5Tget_size(type);
  char *texts = malloc((size_t)count * size + 1);
  if (texts == NULL) return CHStatusNoMemory;
  CHStatus status = CHStatusDone;
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) < 0) status = CHStatusDamaged;
  bool has_blanks = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  for (int64_t index = 0; index < count && status == CHStatusDone; index++) {
    const char *text = texts + (size_t)index * size;
    size_t length = strnlen(text, size);
    while (has_blanks && length > 0 && text[length - 1] == ' ') length--;
    status = append(all, text, length);
    if (status == CHStatusDone) status = append(all, "", 1);
  }
  free(texts);
  return status;
}

static CHStatus read_texts(hid_t dataset, const ch_description *description, bytes *all) {
  hid_t type = H5Dget_type(dataset);
  if (type < 0) return CHStatusDamaged;
  htri_t is_variable = H5Tis_variable_str(type);
  char *text = NULL;
  CHStatus status = CHStatusDamaged;
  if (is_variable > 0) {
    status = read_each(dataset, type, description, 0, description->count, &text, take_text, all);
  } else if (is_variable == 0) {
    status = fixed_texts(dataset, type, description->count, all);
  }
  H5Tclose(type);
  return status;
}

/// The type in memory of a number in a file.
static hid_t word_type(CHElement element) {
  switch (element) {
    case CHElementSigned: return H5T_NATIVE_INT64;
    case CHElementUnsigned: return H5T_NATIVE_UINT64;
    default: return H5T_NATIVE_DOUBLE;
  }
}

static CHStatus read_numbers(hid_t dataset, const ch_description *description, bytes *all) {
  if (description->element == CHElementOther) return CHStatusWrongKind;
  all->size = (size_t)description->count * sizeof(uint64_t);
  all->start = malloc(all->size + 1);
  if (all->start == NULL) return CHStatusNoMemory;
  hid_t type = word_type(description->element);
  return description->count == 0
             || H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all->start) >= 0
           ? CHStatusDone
           : CHStatusDamaged;
}

/// Where lists are collected.
typedef struct {
  bytes words;
  int64_t *lengths;
} lists;

static CHStatus take_list(void *value, int64_t index, void *context) {
  const hvl_t *list = value;
  lists *all = context;
  if (list->len > ch_most_numbers) return CHStatusTooLarge;
  all->lengths[index] = (int64_t)list->len;
  return append(&all->words, list->p, list->len * sizeof(uint64_t));
}

static CHStatus read_lists(
  hid_t dataset, const ch_description *description, int64_t first, int64_t count,
  ch_values *values, bytes *all
) {
  int64_t most = description->count;
  if (first < 0 || count < 0 || first > most || count > most - first) return CHStatusWrongKind;
  lists found = {.lengths = calloc((size_t)count + 1, sizeof(int64_t))};
  if (found.lengths == NULL) return CHStatusNoMemory;
  values->list_lengths = found.lengths;
  values->lists = (size_t)count;
  hid_t type = H5Tvlen_create(word_type(description->element));
  if (type < 0) return CHStatusNoMemory;
  hvl_t list = {0};
  CHStatus status =
    read_each(dataset, type, description, first, count, &list, take_list, &found);
  H5Tclose(type);
  *all = found.words;
  return status;
}

CHStatus ch_child_read(
  const reading *file, const char *path, int64_t first, int64_t count, ch_values *values
) {
  hid_t object;
  ch_description description;
  CHStatus status = open_described(file, path, &object, &description);
  if (status != CHStatusDone) return status;
  bytes all = {0};
  switch (description.kind) {
    case CHKindGroup:
      if (H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, NULL, append_name, &all) < 0) {
        status = CHStatusDamaged;
      }
      break;
    case CHKindText: status = read_texts(object, &description, &all); break;
    case CHKindNumbers: status = read_numbers(object, &description, &all); break;
    case CHKindLists:
      status = read_lists(object, &description, first, count, values, &all);
      break;
    case CHKindOther: status = CHStatusWrongKind;
  }
  H5Oclose(object);
  values->bytes = all.start;
  values->size = all.size;
  return status;
}

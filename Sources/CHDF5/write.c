// Writing. Nothing in a file depends on the time, so equal contents make equal bytes.

#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct ch_new_file {
  hid_t id;
};

ch_new_file *ch_create(void) {
  ch_new_file *file = malloc(sizeof *file);
  if (file == NULL) return NULL;
  ch_enter();
  char name[ch_name_size];
  hid_t access = ch_in_memory(name);
  file->id = access < 0 ? -1 : H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  if (access >= 0) H5Pclose(access);
  ch_leave();
  if (file->id >= 0) return file;
  free(file);
  return NULL;
}

void ch_discard(ch_new_file *file) {
  ch_enter();
  H5Fclose(file->id);
  ch_leave();
  free(file);
}

CHStatus ch_add_group(ch_new_file *file, const char *path) {
  ch_enter();
  CHStatus status = CHStatusNoMemory;
  hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
  if (creation >= 0) {
    H5Pset_obj_track_times(creation, false);
    hid_t group = H5Gcreate2(file->id, path, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (group >= 0) {
      H5Gclose(group);
      status = CHStatusDone;
    }
    H5Pclose(creation);
  }
  ch_leave();
  return status;
}

static CHStatus add(
  ch_new_file *file, const char *path, int axes, const int64_t *lengths, hid_t type, hid_t from,
  const void *values
) {
  hsize_t extent[ch_most_axes];
  for (int axis = 0; axis < axes && axis < ch_most_axes; axis++) {
    extent[axis] = (hsize_t)lengths[axis];
  }
  hid_t space = axes == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(axes, extent, NULL);
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  CHStatus status = CHStatusNoMemory;
  if (space >= 0 && creation >= 0) {
    H5Pset_obj_track_times(creation, false);
    hid_t dataset =
      H5Dcreate2(file->id, path, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (dataset >= 0) {
      if (H5Dwrite(dataset, from, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0) {
        status = CHStatusDone;
      }
      H5Dclose(dataset);
    }
  }
  if (creation >= 0) H5Pclose(creation);
  if (space >= 0) H5Sclose(space);
  return status;
}

CHStatus ch_add_numbers(
  ch_new_file *file, const char *path, int axes, const int64_t *lengths, const double *values,
  bool whole
) {
  ch_enter();
  CHStatus status =
    add(file, path, axes, lengths, whole ? H5T_STD_I64LE : H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values);
  ch_leave();
  return status;
}

CHStatus ch_add_texts(
  ch_new_file *file, const char *path, int axes, const int64_t *lengths, const char *texts
) {
  size_t count = 1;
  for (int axis = 0; axis < axes; axis++) count *= (size_t)lengths[axis];
  const char **list = calloc(count + 1, sizeof *list);
  if (list == NULL) return CHStatusNoMemory;
  for (size_t index = 0; index < count; index++) {
    list[index] = texts;
    texts += strlen(texts) + 1;
  }
  ch_enter();
  CHStatus status = CHStatusNoMemory;
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type >= 0) {
    if (H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0) {
      status = add(file, path, axes, lengths, type, type, list);
    }
    H5Tclose(type);
  }
  ch_leave();
  free(list);
  return status;
}

CHStatus ch_image(ch_new_file *file, void **bytes, size_t *count) {
  ch_enter();
  CHStatus status = CHStatusNoMemory;
  if (H5Fflush(file->id, H5F_SCOPE_LOCAL) >= 0) {
    ssize_t size = H5Fget_file_image(file->id, NULL, 0);
    void *copy = size < 0 ? NULL : malloc((size_t)size);
    if (copy != NULL) {
      if (H5Fget_file_image(file->id, copy, (size_t)size) == size) {
        *bytes = copy;
        *count = (size_t)size;
        status = CHStatusDone;
      } else {
        free(copy);
      }
    }
  }
  ch_leave();
  return status;
}

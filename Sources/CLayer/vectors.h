// Vectors of eight numbers, and exponentials and logarithms of them.
//
// Products and sums are rounded one by one and in one order on every processor, so a result does not depend on the width of its vectors.
#pragma once

#include <stdint.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__ELF__)
#define WIDEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDEST
#endif

// A function that becomes a part of the WIDEST functions that call it.
#define INLINE static inline __attribute__((always_inline))

typedef double v8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t m8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef uint64_t u8 __attribute__((vector_size(64), aligned(8), may_alias));

typedef double v4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef int64_t m4 __attribute__((vector_size(32), aligned(8), may_alias));

#define LOAD(pointer) (*(const v8 *)(pointer))
#define STORE(pointer, value) (*(v8 *)(pointer) = (value))

typedef int32_t i8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef _Bool b8 __attribute__((ext_vector_type(8)));

// One bit for each lane of a mask.
#define BITS8(mask) ((uint8_t)(__builtin_bit_cast(uint8_t, __builtin_convertvector(mask, b8))))
#define BITS4(mask) (((mask)[0] & 1) | ((mask)[1] & 2) | ((mask)[2] & 4) | ((mask)[3] & 8))

// The lanes of a sum, in the one order.
#define SUM_OF(v) ((((v)[0] + (v)[4]) + ((v)[2] + (v)[6])) + (((v)[1] + (v)[5]) + ((v)[3] + (v)[7])))

#define LANES 8

// Vectors are not passed by value: how that is done depends on the processor that the caller was compiled for.
#define SELECT(mask, yes, no) ((v8)(((m8)(yes) & (mask)) | ((m8)(no) & ~(mask))))
// The same value in all lanes.
#define ALL(value) ((v8){0} + (value))
#define ABSOLUTE(x) ((v8)((m8)(x) & 0x7FFFFFFFFFFFFFFF))
#define ROOT(x) __builtin_elementwise_sqrt(x)
#define ANY(mask) __builtin_reduce_or(mask)

// A number of this size leaves no bits for a fraction: adding it rounds to a whole number, in its last bits.
#define WHOLE 0x1.8p52

// The logarithm of 2 in two parts; the first has 21 bits less than a whole number of 11 bits leaves free.
#define LN2_HIGH 0x1.62e42fee00000p-1
#define LN2_LOW 0x1.a39ef35793c76p-33

// e^x = 2^k e^r, |r| <= log(2)/2: a number with k in its last bits, and e^r - 1.
INLINE void exp_series8(const v8 *argument, v8 *power, v8 *series) {
  const v8 x = *argument;
  const v8 shifted = x * 0x1.71547652b82fep+0 + WHOLE;
  const v8 k = shifted - WHOLE;
  const v8 r = (x - k * LN2_HIGH) - k * LN2_LOW;
  const v8 r2 = r * r, r4 = r2 * r2;
  const v8 low = (0x1p-1 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
  const v8 middle = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  const v8 high = (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  *power = shifted;
  *series = r + r2 * (low + r4 * (middle + r4 * high));
}

// e^x for -700 <= x <= 700, error below 1 unit in the last place.
INLINE void exp8(const v8 *argument, v8 *result) {
  v8 k, series;
  exp_series8(argument, &k, &series);
  *result = (v8)((m8)(1 + series) + ((m8)k << 52));
}

// e^x - 1 for -700 <= x <= 700, error below 3 units in the last place: (2^k - 1) + 2^k (e^r - 1).
INLINE void expm1_8(const v8 *argument, v8 *result) {
  v8 k, series;
  exp_series8(argument, &k, &series);
  const v8 power = (v8)((m8)ALL(1) + ((m8)k << 52));
  *result = (power - 1) + power * series;
}

// log(x) for normal x > 0, error below 1 unit in the last place: x = 2^k m, sqrt(1/2) <= m < sqrt(2), and the series of log(m) in
// s = (m - 1)/(m + 1), 2 (s + s^3/3 + s^5/5 + ...).
INLINE void log8(const v8 *argument, v8 *result) {
  const u8 moved = *(const u8 *)argument + (0x3FF0000000000000 - 0x3FE6A09E667F3BCD);
  const v8 k = (v8)((moved >> 52) + 0x4330000000000000) - (0x1p52 + 1023);
  const v8 m = (v8)((moved & 0x000FFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD);
  const v8 f = m - 1, s = f / (f + 2), z = s * s, z2 = z * z, z4 = z2 * z2;
  const v8 low = (2.0 / 3 + z * (2.0 / 5)) + z2 * (2.0 / 7 + z * (2.0 / 9));
  const v8 middle = (2.0 / 11 + z * (2.0 / 13)) + z2 * (2.0 / 15 + z * (2.0 / 17));
  const v8 high = 2.0 / 19 + z * (2.0 / 21);
  const v8 series = z * (low + z4 * (middle + z4 * high));
  *result = k * LN2_HIGH + (f - (s * (f - series) - k * LN2_LOW));
}

// log(1 - y) for 0 <= y < 1, error below 2 units in the last place: the rounding of 1 - y is made good.
INLINE void log_rest8(const v8 *argument, v8 *result) {
  const v8 y = *argument, rest = 1 - y;
  v8 log;
  log8(&rest, &log);
  *result = log + ((1 - rest) - y) / rest;
}

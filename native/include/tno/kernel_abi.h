/*
 * What an emitted kernel and the runtime agree on. The text of this file opens every emitted C
 * source, so that compiling one needs no include path: C11, and no other header than stdint.h.
 */
#ifndef TNO_KERNEL_ABI_H
#define TNO_KERNEL_ABI_H

#include <stdint.h>

#define TNO_KERNEL_ABI 2

/* How a launch ended. code 0: well; 1: `value` is out of range for `size` at index number `gather`. */
typedef struct tno_status {
  int64_t code;
  int64_t gather;
  int64_t value;
  int64_t size;
} tno_status;

/*
 * buf[i]: first element of operand i, view offsets applied. dim[p]: step parameter p. stream: whether
 * results should be written past the caches, which they are too large for.
 */
typedef struct tno_args {
  void *const *buf;
  const int64_t *dim;
  tno_status *status;
  int64_t stream;
} tno_args;

/* Runs [begin, end) of the outermost outer axis; [0, 1) where a kernel has no outer axis. */
typedef void (*tno_kernel)(const tno_args *args, int64_t begin, int64_t end);

#endif

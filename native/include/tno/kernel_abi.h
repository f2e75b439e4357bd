/*
 * What an emitted kernel and the runtime agree on. The text of this file opens every emitted C
 * source, so that compiling one needs no include path: C11, and no other header than stdint.h.
 */
#ifndef TNO_KERNEL_ABI_H
#define TNO_KERNEL_ABI_H

#include <stdint.h>

#define TNO_KERNEL_ABI 3

/* How a launch ended. code 0: well; 1: `value` is out of range for `size` at index number `gather`. */
typedef struct tno_status {
  int64_t code;
  int64_t gather;
  int64_t value;
  int64_t size;
} tno_status;

/*
 * What a run of a kernel does. A reduction to few results is shared by threads: runs of TNO_BLOCKS
 * write the results of blocks of the reduction tree (core's codegen/reduction.ts), and one run of
 * TNO_FOLD takes them in the order in which TNO_WHOLE does. All give the same bits.
 */
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

/*
 * buf[i]: first element of operand i, view offsets applied. dim[p]: step parameter p. stream:
 * whether results should be written past the caches, which they are too large for. part[2 * r]: the
 * results of reduction r in each block for each point of the outer axes, in the dtype of its
 * accumulator; part[2 * r + 1]: the int64 indices of argmax and argmin. Block b and point q lie at
 * b * points + q.
 */
typedef struct tno_args {
  void *const *buf;
  const int64_t *dim;
  tno_status *status;
  int64_t stream;
  int64_t phase;
  void *const *part;
} tno_args;

/*
 * Runs [begin, end) of the outermost outer axis; [0, 1) where a kernel has no outer axis. In
 * TNO_BLOCKS: the blocks [begin, end) of each result, in the order of the reduced axes.
 */
typedef void (*tno_kernel)(const tno_args *args, int64_t begin, int64_t end);

#endif

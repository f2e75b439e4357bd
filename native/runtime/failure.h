#ifndef TNO_RUNTIME_FAILURE_H_
#define TNO_RUNTIME_FAILURE_H_

#include <cstdint>

namespace tno {

enum class FailureKind : int32_t {
  none,
  check,      // id: the check; a, b: its two sides
  index,      // id: the site; a: the index; b: the size it is out of range for
  memory,     // id: the site; a: the bytes that could not be had; b: the limit, or 0
  output,     // id: the output whose shape is not that of the memory its caller gave
  host,       // a host step failed; its caller knows why
  broken,     // the program does not fit itself or what it is bound to; `text` says where
  cancelled,  // its caller wanted it no more, before it had changed anything
  routine,    // id: the site; a: what the values of a routine do not fit by
};

// How a run ended: plain data, so that nothing is thrown through the runtime.
struct Failure {
  FailureKind kind = FailureKind::none;
  int32_t id = -1;
  int64_t a = 0;
  int64_t b = 0;
  const char* text = nullptr;
};

}  // namespace tno

#endif  // TNO_RUNTIME_FAILURE_H_

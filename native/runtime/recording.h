// Where a walker writes down what its steps took, in memory of the caller's: the layout is that of
// packages/core/src/device/recording.ts, which reads it.
#ifndef TNO_RUNTIME_RECORDING_H_
#define TNO_RUNTIME_RECORDING_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "program.h"

namespace tno {

class Recording {
 public:
  using Clock = std::chrono::steady_clock;

  // `words` outlive the recording; false from `fits` where they are too few.
  Recording(const Program& program, std::span<double> words);

  static bool fits(const Program& program, size_t words);

  void begin_call();
  void add(const Step& step, Clock::time_point start, std::span<const int64_t> sizes);
  void end_call(std::span<const int64_t> sizes, int64_t arena_bytes);

 private:
  void number(std::span<const Step> steps);
  double since_start(Clock::time_point time) const {
    return std::chrono::duration<double, std::nano>(time - start_).count();
  }

  const Program& program_;
  double* header_;
  double* steps_;
  double* sizes_;
  double* events_;
  size_t event_room_;
  std::unordered_map<const Step*, size_t> numbers_;
  Clock::time_point start_;
};

}  // namespace tno

#endif  // TNO_RUNTIME_RECORDING_H_

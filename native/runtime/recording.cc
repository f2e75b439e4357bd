#include "recording.h"

#include "step_work.h"

namespace tno {
namespace {

// Words of each part.
constexpr size_t header_words = 5;
constexpr size_t step_words = 4;
constexpr size_t event_words = 3;

// Words of the header.
enum Header : size_t { calls, nanoseconds, events, lost_events, arena };

size_t count_steps(std::span<const Step> steps) {
  size_t count = steps.size();
  for (const Step& step : steps) {
    if (const auto* loop = std::get_if<LoopStep>(&step.kind)) count += count_steps(loop->body);
    if (const auto* cond = std::get_if<CondStep>(&step.kind)) {
      count += count_steps(cond->then) + count_steps(cond->otherwise);
    }
  }
  return count;
}

size_t fixed_words(const Program& program) {
  return header_words + step_words * count_steps(program.steps) + program.sizes.size();
}

}  // namespace

bool Recording::fits(const Program& program, size_t words) {
  return words >= fixed_words(program);
}

Recording::Recording(const Program& program, std::span<double> words)
    : program_(program),
      header_(words.data()),
      steps_(header_ + header_words),
      sizes_(steps_ + step_words * count_steps(program.steps)),
      events_(sizes_ + program.sizes.size()),
      event_room_((words.size() - fixed_words(program)) / event_words) {
  number(program.steps);
}

void Recording::number(std::span<const Step> steps) {
  for (const Step& step : steps) {
    numbers_.emplace(&step, numbers_.size());
    if (const auto* loop = std::get_if<LoopStep>(&step.kind)) number(loop->body);
    if (const auto* cond = std::get_if<CondStep>(&step.kind)) {
      number(cond->then);
      number(cond->otherwise);
    }
  }
}

void Recording::begin_call() {
  header_[Header::events] = 0;
  header_[Header::lost_events] = 0;
  start_ = Clock::now();
}

void Recording::add(const Step& step, Clock::time_point start, std::span<const int64_t> sizes) {
  const Clock::time_point end = Clock::now();
  const size_t id = numbers_.find(&step)->second;
  const StepWork work = step_work(program_, step, sizes);
  double* sums = steps_ + step_words * id;
  sums[0] += 1;
  sums[1] += std::chrono::duration<double, std::nano>(end - start).count();
  sums[2] += work.flops;
  sums[3] += work.bytes;
  const auto at = static_cast<size_t>(header_[Header::events]);
  if (at == event_room_) {
    header_[Header::lost_events] += 1;
    return;
  }
  double* event = events_ + event_words * at;
  event[0] = static_cast<double>(id);
  event[1] = since_start(start);
  event[2] = since_start(end);
  header_[Header::events] += 1;
}

void Recording::end_call(std::span<const int64_t> sizes, int64_t arena_bytes) {
  header_[Header::calls] += 1;
  header_[Header::nanoseconds] += since_start(Clock::now());
  header_[Header::arena] = static_cast<double>(arena_bytes);
  for (size_t i = 0; i < sizes.size(); ++i) sizes_[i] = static_cast<double>(sizes[i]);
}

}  // namespace tno

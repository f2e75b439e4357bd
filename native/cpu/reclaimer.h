// Frees what JavaScript objects own as soon as the collector has found them dead.
//
// Finalizers wait for the event loop, so in a program that never yields they do not run at all.
// Weak references are cleared by the collector itself: looking at them now and then finds the dead.
// And the collector is told of the memory behind its objects, so that it looks for them in time.
#ifndef TNO_CPU_RECLAIMER_H_
#define TNO_CPU_RECLAIMER_H_

#include <napi.h>

#include <memory>
#include <vector>

namespace tno::cpu {

// What an object owns: emptied when the object is dead, by whoever notices first.
class Holding {
 public:
  virtual ~Holding() = default;
  virtual void release() = 0;
};

template <class T>
class HoldingOf : public Holding {
 public:
  explicit HoldingOf(std::shared_ptr<T> given) : value(std::move(given)) {}
  void release() override { value.reset(); }

  std::shared_ptr<T> value;
};

// One for each environment; used on its thread alone.
class Reclaimer {
 public:
  // Releases `holding` some time after `object` died.
  void watch(Napi::Env env, Napi::Value object, std::shared_ptr<Holding> holding);

  // Tells the collector how much memory there is by now, and looks for the dead when it has grown.
  void account(Napi::Env env);

 private:
  struct Watched {
    napi_ref object;
    std::shared_ptr<Holding> holding;
  };

  void sweep(Napi::Env env);

  std::vector<Watched> watched_;
  size_t sweep_at_count_ = 64;
  int64_t sweep_at_bytes_ = 0;
  int64_t reported_ = 0;
};

}  // namespace tno::cpu

#endif  // TNO_CPU_RECLAIMER_H_

#ifndef TNO_CPU_COMPILER_H_
#define TNO_CPU_COMPILER_H_

#include <string>
#include <vector>

namespace tno::cpu {

// Runs the compiler with each list of arguments, side by side, with `folder` as its working folder,
// and waits for all. False, and `error` holds what they wrote to stderr, where one cannot be run or
// fails.
bool run_compiler(const std::string& compiler, std::vector<std::vector<std::string>> commands,
                  int folder, std::string& error);

}  // namespace tno::cpu

#endif  // TNO_CPU_COMPILER_H_

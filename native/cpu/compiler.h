#ifndef TNO_CPU_COMPILER_H_
#define TNO_CPU_COMPILER_H_

#include <string>
#include <vector>

namespace tno::cpu {

// Runs `compiler flags... -o output input -lm` with `folder` as its working folder and waits for
// it. False, and `error` holds what it wrote to stderr, where it cannot be run or fails.
bool run_compiler(const std::string& compiler, const std::vector<std::string>& flags, int folder,
                  const std::string& input, const std::string& output, std::string& error);

}  // namespace tno::cpu

#endif  // TNO_CPU_COMPILER_H_

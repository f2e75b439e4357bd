// A small harness: TEST registers a function, CHECK counts and reports. `tno_native_test` runs all,
// or those whose name contains its argument.
#ifndef TNO_TEST_CHECK_H_
#define TNO_TEST_CHECK_H_

#include <string>

namespace tno::test {

using TestFunction = void (*)();

struct Registration {
  Registration(const char* name, TestFunction function);
};

void check(bool holds, const char* expression, const char* file, int line,
           const std::string& note = "");

}  // namespace tno::test

#define TEST(name)                                                         \
  static void name();                                                      \
  static const ::tno::test::Registration name##_registration(#name, name); \
  static void name()

#define CHECK(expression) \
  ::tno::test::check(static_cast<bool>(expression), #expression, __FILE__, __LINE__)
#define CHECK_NOTE(expression, note) \
  ::tno::test::check(static_cast<bool>(expression), #expression, __FILE__, __LINE__, note)

#endif  // TNO_TEST_CHECK_H_

// A loaded Program as a JavaScript function: one crossing a call.
//
// What a call takes and gives beside large arrays goes through two ArrayBuffers that are made once:
//   frame (Float64Array): 4 words of status; for each input its offset in elements, or -1 where its
//     elements lie in `small`, and its lengths; for each output its lengths
//   small: 64 bytes for each input and then for each output, for arrays of at most that size
// The function takes a typed array for each input that is not in `small`, and then nothing, or for
// each output a typed array or null: the memory it goes to. The frame then has the lengths that the
// output must have; or first of them -1: as many elements as the array, or -2: as many at most,
// else the output gets fresh memory. It gives
//   undefined, an ArrayBuffer or Buffer, or an array of these: the outputs that are neither in
//   `small`
//     nor in memory of the caller
//   a number: the kind of a failure (FailureKind), the rest of it in the status words
//   a string: why the program is broken, or E_ASYNC_IN_FLIGHT where it would have to wait for calls
//     in flight that wait for it
// and throws what a host function threw.
#ifndef TNO_CPU_EXECUTABLE_BINDING_H_
#define TNO_CPU_EXECUTABLE_BINDING_H_

#include <napi.h>

#include "shared_binding.h"

namespace tno::cpu {

// load({encoded, constants, library, symbols, shared, hosts, plain}): {run, start, free, frame,
// small}
Napi::Value load(const Napi::CallbackInfo& info);

}  // namespace tno::cpu

#endif  // TNO_CPU_EXECUTABLE_BINDING_H_

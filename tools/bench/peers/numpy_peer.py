"""A participant: NumPy. It has no gradients, so it joins in all but training."""

import functools
import operator

import numpy as np
from serve import Call, inputs, serve


def poly(a, b):
    return 2 * a + b**10


def trans(a, b):
    return np.tanh(a) * np.exp(-b * b) + np.log1p(a * a)


def poly_in_place(a, b, result):
    np.power(b, 10, out=result)
    result += 2 * a
    return result


def trans_in_place(a, b, result):
    np.multiply(b, b, out=result)
    np.negative(result, out=result)
    np.exp(result, out=result)
    result *= np.tanh(a)
    square = a * a
    result += np.log1p(square, out=square)
    return result


def chain(formula, into, a, b):
    plain, in_place = {"poly": (poly, poly_in_place), "trans": (trans, trans_in_place)}[formula]
    result = np.empty_like(a)
    if into:
        return {
            "in place": Call(lambda: in_place(a, b, result)),
            "copied": Call(lambda: np.copyto(result, plain(a, b)) or result),
        }
    return {
        "plain": Call(lambda: plain(a, b)),
        "in place": Call(lambda: in_place(a, b, np.empty_like(a))),
    }


def open_workload(workload, read):
    values = inputs(workload, read)
    if workload["kind"] == "chain":
        return chain(workload["formula"], workload.get("into", False), *values)
    if workload["kind"] == "product":
        if workload.get("into", False):
            result = np.matmul(*values)
            return {"out": Call(functools.partial(np.matmul, *values, out=result))}
        return {"plain": Call(functools.partial(operator.matmul, *values))}
    # An array of rank 0, as the others have; a call without a frame of the interpreter's.
    return {"plain": Call(functools.partial(operator.add, values[0], 1))}


serve(open_workload)

"""Answers questions of record.ts: reads them as JSON from standard input, writes the answers as JSON.

A question is {oracle, operands, results}: a Python expression over the operands `a`, `b`, `c`, ..., and the
dtypes of its results. Floats are computed in a wider format and rounded once, to the result's dtype:
float16 and float32 in float64, float64 in long double where the oracle's functions take that.
"""

import json
import math
import sys
import warnings

import numpy as np

import oracles

np.seterr(all='ignore')
warnings.simplefilter('ignore')
WIDER = {'float16': np.float64, 'float32': np.float64, 'float64': np.longdouble}
SPECIAL = {'nan': math.nan, 'inf': math.inf, '-inf': -math.inf, '-0': -0.0}


def decode(array):
    values = [x if not isinstance(x, str) else SPECIAL[x] if x in SPECIAL else int(x) for x in array['values']]
    return np.array(values, array['dtype']).reshape(array['shape'])


def element(x):
    if isinstance(x, np.bool_):
        return bool(x)
    if isinstance(x, np.integer):
        return int(x) if abs(int(x)) < 2**53 else str(int(x))
    if np.isnan(x):
        return 'nan'
    if np.isinf(x):
        return 'inf' if x > 0 else '-inf'
    if x == 0:
        return '-0' if np.signbit(x) else 0
    number = float(str(x))
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def encode(value, dtype):
    array = np.asarray(value)
    if array.dtype.kind == 'f' and not dtype.startswith('float'):
        raise TypeError(f'a result of {dtype} was computed as {array.dtype}')
    array = array.astype(dtype)
    array = array.reshape(array.shape or (1,))
    return {'dtype': dtype, 'shape': list(array.shape), 'values': [element(x) for x in array.reshape(-1)]}


def widened(array, fixed, result, wide):
    """Floats in the format that is computed in; integers that an op makes floats of are made floatX first."""
    dtype = str(array.dtype)
    if dtype in WIDER:
        return array.astype(WIDER[dtype] if wide else np.float64)
    if result == 'float32' and not fixed:
        return array.astype(np.float32).astype(np.float64)
    return array


def answer(question):
    operands = [(decode(operand), operand['fixed']) for operand in question['operands']]
    dtypes = question['results']
    for wide in (True, False):
        names = dict(zip('abcdefgh', (widened(x, fixed, dtypes[0], wide) for x, fixed in operands)))
        names['dtype'] = dtypes[0]
        try:
            value = eval(question['oracle'], {**vars(oracles), **names})
            results = value if isinstance(value, tuple) else (value,)
            return {'results': [encode(x, dtype) for x, dtype in zip(results, dtypes, strict=True)]}
        except (TypeError, np.linalg.LinAlgError) as error:
            failure = error
        except Exception as error:
            failure = error
            break
    return {'failure': f'{type(failure).__name__}: {failure}'}


if __name__ == '__main__':
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)

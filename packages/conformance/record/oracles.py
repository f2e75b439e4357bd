"""What the oracles of the table may use. Nothing here comes from TNO; where TNO decides otherwise than
NumPy (ARCHITECTURE.md, "Where TNO differs"), the rule is spelled out."""

import builtins
import math

import mpmath
import numpy as np
import scipy
import scipy.optimize
import scipy.special as sp
from scipy.linalg import (
    solve_continuous_lyapunov,
    solve_discrete_are,
    solve_discrete_lyapunov,
    solve_sylvester,
)

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    torch = F = None

mpmath.mp.dps = 40


def each(f, *arrays):
    """f of Python numbers, element by element; NaN where it is not defined."""
    shape = np.broadcast_shapes(*(np.shape(x) for x in arrays))
    flat = [np.broadcast_to(x, shape).reshape(-1) for x in arrays]
    out = np.empty(flat[0].shape, np.longdouble)
    for k, xs in enumerate(zip(*flat)):
        try:
            out[k] = np.longdouble(mpmath.nstr(mpmath.mpf(f(*(mpmath.mpf(float(x)) for x in xs))), 25))
        except (ValueError, ZeroDivisionError, TypeError, OverflowError):
            out[k] = math.nan
    return out.reshape(shape)


def tensor(array):
    """An array for PyTorch, floats as float64."""
    array = np.ascontiguousarray(array)
    return torch.tensor(array.astype(np.float64) if array.dtype.kind == 'f' else array)


def whole(f, dtype, *arrays):
    """f of Python integers, element by element, wrapped to the dtype."""
    bits = np.iinfo(dtype).bits
    shape = np.broadcast_shapes(*(np.shape(x) for x in arrays))
    flat = [np.broadcast_to(x, shape).reshape(-1) for x in arrays]
    values = [f(*(int(x) for x in xs)) % 2**bits for xs in zip(*flat)]
    return np.array(values, f'uint{bits}').astype(dtype).reshape(shape)


def is_float(x):
    return np.asarray(x).dtype.kind == 'f'


def int_div(a, b):
    """Floor division; 0 for an integer divided by 0."""
    if is_float(a):
        return np.floor_divide(a, b)
    return whole(lambda x, y: x // y if y else 0, a.dtype, a, b)


def mod(a, b):
    if is_float(a):
        return np.mod(a, b)
    return whole(lambda x, y: x % y if y else 0, a.dtype, a, b)


def int_pow(x, y):
    """A negative exponent gives the whole part: 0 but for the bases 1 and -1."""
    if y >= 0:
        return builtins.pow(x, y, 2**64)
    return {1: 1, -1: 1 if y % 2 == 0 else -1}.get(x, 0)


def power(a, b):
    return np.power(a, b) if is_float(a) else whole(int_pow, a.dtype, a, b)


def maximum(a, b):
    """As float64, where of two zeros the second counts."""
    return np.maximum(*(x.astype(np.float64) if is_float(x) else x for x in (a, b)))


def minimum(a, b):
    return np.minimum(*(x.astype(np.float64) if is_float(x) else x for x in (a, b)))


def reduced(f):
    """Sums and products; those of integers in 64 bits."""
    def call(a, **options):
        kind = a.dtype.kind
        return f(a, **options, **({} if kind == 'f' else {'dtype': np.uint64 if kind == 'u' else np.int64}))
    return call


def logsumexp(a, axis=None, keepdims=False):
    """By its definition, from the largest element; -inf of nothing."""
    top = np.max(a, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def running(f, a, axis):
    """Of integers in their own dtype, which wraps; of bool in int64."""
    return f(a, axis, dtype=np.int64 if a.dtype.kind == 'b' else a.dtype)


def bincount(a, weights, least):
    """Sums of weights, in their dtype."""
    out = np.zeros(max(least, int(a.max(initial=-1)) + 1), weights.dtype)
    np.add.at(out, a, weights)
    return out


def cast(a, dtype):
    """Floats are truncated and wrapped to integers; NaN and infinities give 0."""
    if not is_float(a) or dtype.startswith('float'):
        return a.astype(dtype)
    if dtype == 'bool':
        return a != 0
    bits = np.iinfo(dtype).bits
    values = [int(x) % 2**bits if np.isfinite(x) else 0 for x in a.reshape(-1)]
    return np.array(values, f'uint{bits}').astype(dtype).reshape(a.shape)


def product(a, b):
    """np.dot; of bool, whether any pair holds; integers wrap."""
    if a.dtype.kind == 'b':
        return np.dot(a.astype(np.int64), b.astype(np.int64)) > 0
    return np.dot(a, b)


def counted(f, a, b):
    """A product; of bool, whether any pair holds."""
    if a.dtype.kind == 'b':
        return f(a.astype(np.int64), b.astype(np.int64)) > 0
    return f(a, b)


def with_set(a, index, values):
    a = a.copy()
    a[index] = values
    return a


def with_added(a, index, values):
    """Values for one place add up; of bool: or."""
    a = a.copy()
    (np.logical_or if a.dtype.kind == 'b' else np.add).at(a, index, values)
    return a


def softmax(a, axis):
    """Of nothing nothing, which SciPy refuses."""
    return sp.softmax(a, axis=axis) if a.size else a


def log_softmax(a, axis):
    """By its definition; a column that holds an infinity has no sum."""
    shifted = a - np.max(a, axis=axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def with_along(a, index, values, axis):
    a = a.copy()
    np.put_along_axis(a, index, values, axis)
    return a


def with_diagonal(a, values, offset=None):
    """Of a matrix x[i, i + offset]; without an offset np.fill_diagonal, which does not begin again."""
    a = a.copy()
    if offset is None:
        np.fill_diagonal(a, values)
        return a
    rows = np.arange(a.shape[0])
    rows = rows[(rows + offset >= 0) & (rows + offset < a.shape[1])]
    a[rows, rows + offset] = values
    return a


def ultra_fast_sigmoid(a):
    """Theano's: of half the argument a rational function, then straight lines."""
    x = np.abs(a) / 2
    line = 0.935409070603099 + 0.0458812946797165 * (x - 1.7)
    z = np.where(x < 1.7, 1.5 * x / (1 + x), np.where(x < 3, line, 0.99505475368673))
    return np.where(np.isnan(a), a, (1 + np.where(a > 0, z, -z)) / 2)


def ceil_int_div(a, b):
    if is_float(a):
        return np.floor_divide(a, b) + (np.mod(a, b) != 0)
    return whole(lambda x, y: -(-x // y) if y else 0, a.dtype, a, b)


def pairs(z):
    """Complex numbers as pairs along a last axis."""
    return np.stack([z.real, z.imag], -1)


def unpaired(a):
    return a[..., 0] + 1j * a[..., 1]


def double(a):
    """For LAPACK, which takes no wider floats."""
    return np.asarray(a, np.float64)


def stacked(f, a, *others):
    """f of each matrix of a stack; of no matrices or empty ones what zeros of their sizes give."""
    lead = a.shape[:-2]
    if not lead:
        arrays = [double(x) for x in (a, *others) if isinstance(x, np.ndarray)]
        return f(*arrays, *(x for x in others if not isinstance(x, np.ndarray)))
    results = [stacked(f, m, *others) for m in a]
    if results:
        if isinstance(results[0], tuple):
            return tuple(np.stack(parts) for parts in zip(*results))
        return np.stack(results)
    sample = stacked(f, np.eye(*a.shape[1:]), *others)
    empty = [np.zeros((0, *np.shape(x)), np.asarray(x).dtype) for x in (sample if isinstance(sample, tuple) else (sample,))]
    return tuple(empty) if isinstance(sample, tuple) else empty[0]


def block_diag(a, b):
    out = np.zeros((a.shape[0] + b.shape[0], a.shape[1] + b.shape[1]), a.dtype)
    out[: a.shape[0], : a.shape[1]] = a
    out[a.shape[0] :, a.shape[1] :] = b
    return out


def confusion(a, b):
    """How often each pair of classes comes, and the classes."""
    classes = np.unique(np.concatenate([a, b]))
    return np.array([[np.sum((a == p) & (b == q)) for q in classes] for p in classes], np.int64).reshape(
        len(classes), len(classes)
    ), classes


def system_root(w, c, start):
    """x with x + tanh(w·x)/2 = c."""
    w, c, start = double(w), double(c), double(start)
    if c.size == 0:
        return c
    x = scipy.optimize.root(lambda x: x + np.tanh(w @ x) / 2 - c, start).x
    for _ in range(3):
        t = np.tanh(w @ x)
        slopes = np.eye(len(x)) + (1 - t**2)[:, None] * w / 2
        x = x - np.linalg.solve(slopes, x + t / 2 - c)
    return x


def ridge(a, b):
    """Where the sum of squares of a·x - b and of x is least."""
    a, b = double(a), double(b)
    return np.linalg.solve(a.T @ a + np.eye(a.shape[1]), a.T @ b)


def normalized(a, axis, epsilon):
    return (a - a.mean(axis, keepdims=True)) / np.sqrt(a.var(axis, keepdims=True) + epsilon)


def stretched(a, axis, p, q):
    """Every q-th of p cells for each, linear between them; the first value lies at (p - 1) // 2."""
    n = a.shape[axis]
    at = np.clip((np.arange(0, n * p, q) - (p - 1) // 2) / np.longdouble(p), 0, n - 1)
    left = np.minimum(at.astype(int), n - 1)
    right = np.minimum(left + 1, n - 1)
    shape = [1] * a.ndim
    shape[axis] = len(at)
    share = (at - left).reshape(shape)
    return a.take(left, axis) * (1 - share) + a.take(right, axis) * share


def upsampled(a, rows, columns):
    return stretched(stretched(a, -2, *rows), -1, *columns)


def first_maxima(a, rows, columns):
    """All but the first maximum of each tile of the last two axes set to 0."""
    out = np.zeros_like(a)
    for lead in np.ndindex(a.shape[:-2]):
        for y in range(0, a.shape[-2], rows):
            for x in range(0, a.shape[-1], columns):
                tile = a[lead][y : y + rows, x : x + columns]
                i, j = np.unravel_index(np.argmax(tile), tile.shape)
                out[lead][y + i, x + j] = tile[i, j]
    return out


def philox(counter, key):
    """Philox 4x32-10 by its paper: J. K. Salmon et al., "Parallel random numbers" (2011)."""
    k, l = key & 0xFFFFFFFF, key >> 32
    a, b, c, d = ((counter >> shift) & 0xFFFFFFFF for shift in (0, 32, 64, 96))
    for _ in range(10):
        x, y = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (y >> 32) ^ b ^ k, y & 0xFFFFFFFF, (x >> 32) ^ d ^ l, x & 0xFFFFFFFF
        k, l = (k + 0x9E3779B9) & 0xFFFFFFFF, (l + 0xBB67AE85) & 0xFFFFFFFF
    return a | b << 32 | c << 64 | d << 96


def words(state, shape):
    """64 random bits for each element: two of a block, whose counter is the element's place and the draw."""
    key, draw = (int(x) for x in state)
    count = math.prod(shape)
    blocks = [philox(k // 2 | draw << 64, key) >> 64 * (k % 2) for k in range(count)]
    return np.array([block % 2**64 for block in blocks], np.uint64).reshape(shape)


def uniform(state, shape, dtype):
    """Of each word's lowest bits as many as the dtype holds, as a fraction; of float64 the highest."""
    bits = words(state, shape)
    if dtype == 'float64':
        return (bits >> np.uint64(11)).astype(np.longdouble) / 2**53
    low, kept = (16, 11) if dtype == 'float16' else (32, 24)
    return ((bits % np.uint64(2**low)) >> np.uint64(low - kept)).astype(np.float64) / 2**kept


def normal(state, shape, dtype):
    """By the inverse of the distribution: the first bit of a word is the sign, its lowest the probability."""
    bits = words(state, shape)
    low = 63 if dtype == 'float64' else 32
    p = ((bits % np.uint64(2**low)).astype(np.float64) + 0.5) / 2.0 ** (low + 1)
    return np.where(bits < np.uint64(2**63), -1.0, 1.0) * sp.ndtri(p)


def compared(p):
    """The dtype of the uniform number that a probability is compared with; float64 comes as long double."""
    return 'float64' if p.dtype == np.longdouble else 'float32'


def integers(state, low, high):
    """Random bits modulo the number of integers, in 64 bits."""
    low, high = (x.astype(np.int64) for x in np.broadcast_arrays(low, high))
    offset = words(state, low.shape) % (high - low).astype(np.uint64)
    return low + offset.astype(np.int64)


def categories(u, weights):
    """How many of the running sums of weights are not above a share of their sum."""
    limits = np.cumsum(weights.astype(np.float64), -1)
    total = limits[..., -1:]
    return ((limits <= u.astype(np.float64)[..., None] * total) & (limits < total)).sum(-1)


def in_order_of(bits, a, axis):
    return np.take_along_axis(a, np.argsort(bits, axis, kind='stable'), axis)

"""A participant: Theano, or PyTensor, its continuation. Usage: python3 theano_peer.py theano|pytensor"""

import importlib
import sys

import numpy
from serve import Call, inputs, serve

library = importlib.import_module(sys.argv[1])
tensor = importlib.import_module(sys.argv[1] + ".tensor")
if sys.argv[1] == "theano":
    softmax = importlib.import_module("theano.tensor.nnet").softmax
else:
    special = importlib.import_module("pytensor.tensor.special")

    def softmax(z):
        return special.softmax(z, axis=-1)


def compiled(variables, output, updates=None):
    function = library.function(variables, output, updates=updates or [])
    function.trust_input = True
    return function


def training(workload, read):
    sizes = [workload["inputs"], workload["hidden"], workload["classes"]]
    sizes = [size for size in sizes if size > 0]
    suffixes = [""] if len(sizes) == 2 else ["1", "2"]
    layers = []
    for suffix, rows, columns in zip(suffixes, sizes, sizes[1:]):
        W = library.shared(read("W" + suffix, (rows, columns)), name="W" + suffix)
        b = library.shared(read("b" + suffix, (columns,)), name="b" + suffix)
        layers.append((W, b))

    x, y = tensor.fmatrix("x"), tensor.lvector("y")
    value = x
    for i, (W, b) in enumerate(layers):
        value = tensor.dot(value, W) + b
        if i < len(layers) - 1:
            value = tensor.tanh(value)
    cost = -tensor.mean(tensor.log(softmax(value))[tensor.arange(y.shape[0]), y])
    if workload["decay"] != 0:
        squares = sum(tensor.sqr(W).sum() for W, _ in layers)
        cost = cost + numpy.float32(workload["decay"]) * squares

    parameters = [parameter for layer in layers for parameter in layer]
    rate = numpy.float32(workload["rate"])
    gradients = tensor.grad(cost, parameters)
    updates = [(p, p - rate * g) for p, g in zip(parameters, gradients)]
    step = compiled([x, y], cost, updates)
    images = read("x", (workload["batch"], workload["inputs"]))
    labels = read("y", (workload["batch"],), numpy.int64)
    named = {p.name: (lambda p=p: p.get_value()) for p in parameters}
    return {"plain": Call(lambda: step(images, labels), named)}


def open_workload(workload, read):
    kind = workload["kind"]
    if kind == "training":
        return training(workload, read)
    values = inputs(workload, read)
    if kind == "chain":
        a, b = tensor.fvector("a"), tensor.fvector("b")
        if workload["formula"] == "poly":
            output = 2 * a + b**10
        else:
            output = tensor.tanh(a) * tensor.exp(-b * b) + tensor.log1p(a * a)
        function = compiled([a, b], output)
    elif kind == "product":
        a, b = tensor.fmatrix("a"), tensor.fmatrix("b")
        function = compiled([a, b], tensor.dot(a, b))
    else:
        x = tensor.fscalar("x")
        function = compiled([x], x + 1)
    return {"plain": Call(lambda: function(*values))}


serve(open_workload)

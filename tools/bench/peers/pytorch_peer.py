"""A participant: PyTorch. Usage: python3 pytorch_peer.py THREADS"""

import functools
import operator
import sys

import torch
from serve import Call, inputs, serve
from torch.nn.functional import conv2d, cross_entropy, linear, max_pool2d

torch.set_num_threads(int(sys.argv[1]))


def array(tensor):
    return tensor.detach().numpy()


# Two ways to hold a matrix of weights: as TNO does, [inputs, outputs], or as torch.nn.Linear does,
# [outputs, inputs]. Which is faster depends on the products of the BLAS.
def as_is(W):
    return W


def turned(W):
    return W.t().contiguous() if W.dim() == 2 else W


LAYOUTS = {
    "plain": (as_is, lambda v, W, b: torch.addmm(b, v, W)),
    "linear": (turned, lambda v, W, b: linear(v, W, b)),
}


def logistic(workload, layout, x, y, read):
    stored, layer = LAYOUTS[layout]
    inputs, classes, rate = workload["inputs"], workload["classes"], workload["rate"]
    W = stored(torch.from_numpy(read("W", (inputs, classes)))).requires_grad_()
    b = torch.from_numpy(read("b", (classes,))).requires_grad_()

    def step():
        cost = cross_entropy(layer(x, W, b), y)
        gW, gb = torch.autograd.grad(cost, (W, b))
        with torch.no_grad():
            W.add_(gW, alpha=-rate)
            b.add_(gb, alpha=-rate)
        return cost

    return {"W": W, "b": b}, step


def perceptron(workload, layout, x, y, read):
    stored, layer = LAYOUTS[layout]
    inputs, hidden, classes = workload["inputs"], workload["hidden"], workload["classes"]
    rate, decay = workload["rate"], workload["decay"]
    W1 = stored(torch.from_numpy(read("W1", (inputs, hidden)))).requires_grad_()
    b1 = torch.from_numpy(read("b1", (hidden,))).requires_grad_()
    W2 = stored(torch.from_numpy(read("W2", (hidden, classes)))).requires_grad_()
    b2 = torch.from_numpy(read("b2", (classes,))).requires_grad_()

    # The decay's gradient by hand, as in PyTorch's optimizers: faster than through autograd.
    def step():
        h = torch.tanh(layer(x, W1, b1))
        likelihood = cross_entropy(layer(h, W2, b2), y)
        gW1, gb1, gW2, gb2 = torch.autograd.grad(likelihood, (W1, b1, W2, b2))
        with torch.no_grad():
            flat1, flat2 = W1.view(-1), W2.view(-1)
            cost = likelihood + decay * (torch.dot(flat1, flat1) + torch.dot(flat2, flat2))
            W1.add_(gW1.add_(W1, alpha=2 * decay), alpha=-rate)
            b1.add_(gb1, alpha=-rate)
            W2.add_(gW2.add_(W2, alpha=2 * decay), alpha=-rate)
            b2.add_(gb2, alpha=-rate)
        return cost

    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, step


LENET = {
    "K1": (20, 1, 5, 5),
    "b1": (20,),
    "K2": (50, 20, 5, 5),
    "b2": (50,),
    "W3": (800, 500),
    "b3": (500,),
    "W4": (500, 10),
    "b4": (10,),
}


def lenet(workload, layout, x, y, read):
    stored, layer = LAYOUTS[layout]
    rate = workload["rate"]
    parameters = {
        name: stored(torch.from_numpy(read(name, shape))).requires_grad_()
        for name, shape in LENET.items()
    }
    K1, b1, K2, b2, W3, b3, W4, b4 = values = tuple(parameters.values())
    images = x.view(-1, 1, 28, 28)

    # The bias before the pooling is the same sum, inside of the convolution.
    def step():
        h = torch.tanh(max_pool2d(conv2d(images, K1, b1), 2))
        h = torch.tanh(max_pool2d(conv2d(h, K2, b2), 2))
        h = torch.tanh(layer(h.flatten(1), W3, b3))
        cost = cross_entropy(layer(h, W4, b4), y)
        gradients = torch.autograd.grad(cost, values)
        with torch.no_grad():
            for value, gradient in zip(values, gradients):
                value.add_(gradient, alpha=-rate)
        return cost

    return parameters, step


def training(workload, read):
    x = torch.from_numpy(read("x", (workload["batch"], workload["inputs"])))
    y = torch.from_numpy(read("y", (workload["batch"],), "int64"))
    model = {"logistic": logistic, "perceptron": perceptron, "lenet": lenet}[workload["model"]]
    calls = {}
    for layout in LAYOUTS:
        parameters, step = model(workload, layout, x, y, read)
        back = turned if layout == "linear" else as_is
        found = {
            name: (lambda value=value, back=back: back(value.detach()))
            for name, value in parameters.items()
        }
        calls[layout] = Call(step, found, array)
    return calls


def poly(a, b):
    return 2 * a + b**10


def trans(a, b):
    return torch.tanh(a) * torch.exp(-b * b) + torch.log1p(a * a)


def poly_in_place(a, b, result):
    return torch.pow(b, 10, out=result).add_(a, alpha=2)


def trans_in_place(a, b, result):
    torch.mul(b, b, out=result).neg_().exp_().mul_(torch.tanh(a))
    return result.add_(torch.mul(a, a).log1p_())


def chain(formula, into, a, b):
    plain, in_place = {"poly": (poly, poly_in_place), "trans": (trans, trans_in_place)}[formula]
    result = torch.empty_like(a)
    if into:
        calls = {
            "in place": lambda: in_place(a, b, result),
            "copied": lambda: result.copy_(plain(a, b)),
        }
    else:
        calls = {
            "plain": lambda: plain(a, b),
            "in place": lambda: in_place(a, b, torch.empty_like(a)),
        }
    return {form: Call(run, array=array) for form, run in calls.items()}


def open_workload(workload, read):
    if workload["kind"] == "training":
        return training(workload, read)
    values = [torch.from_numpy(value) for value in inputs(workload, read)]
    if workload["kind"] == "chain":
        return chain(workload["formula"], workload.get("into", False), *values)
    if workload["kind"] == "product":
        if workload.get("into", False):
            multiply = functools.partial(torch.mm, *values, out=torch.mm(*values))
            return {"out": Call(multiply, array=array)}
        return {"plain": Call(functools.partial(torch.mm, *values), array=array)}
    # A call without a frame of the interpreter's.
    return {"plain": Call(functools.partial(operator.add, values[0], 1), array=array)}


serve(open_workload)

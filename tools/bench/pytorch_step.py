# A participant: PyTorch's training step. Usage: python3 pytorch_step.py SETTINGS
# SETTINGS is JSON: {workload, folder, threads}; requests and answers as in serve.mjs.

import json
import sys
import time

import numpy
import torch
from torch.nn.functional import cross_entropy, linear

settings = json.loads(sys.argv[1])
workload = settings["workload"]
torch.set_num_threads(settings["threads"])


def read(name, shape, dtype=numpy.float32):
    values = numpy.fromfile(f"{settings['folder']}/{name}", dtype=dtype)
    return torch.from_numpy(values.reshape(shape))


batch, inputs = workload["batch"], workload["inputs"]
hidden, classes = workload["hidden"], workload["classes"]
rate, decay = workload["rate"], workload["decay"]
x = read("x", (batch, inputs))
y = read("y", (batch,), numpy.int64)



# Two ways to hold a matrix of weights: as TNO does, [inputs, outputs], or as torch.nn.Linear does,
# [outputs, inputs]. Which is faster depends on the products of the BLAS.
FORMS = {
    "plain": (lambda W: W, lambda v, W, b: torch.addmm(b, v, W)),
    "linear": (lambda W: W.t().contiguous(), lambda v, W, b: linear(v, W, b)),
}


def logistic(form):
    stored, layer = FORMS[form]
    W = stored(read("W", (inputs, classes))).requires_grad_()
    b = read("b", (classes,)).requires_grad_()

    def step():
        cost = cross_entropy(layer(x, W, b), y)
        gW, gb = torch.autograd.grad(cost, (W, b))
        with torch.no_grad():
            W.add_(gW, alpha=-rate)
            b.add_(gb, alpha=-rate)
        return cost

    return {"W": W, "b": b}, step


def perceptron(form):
    stored, layer = FORMS[form]
    W1 = stored(read("W1", (inputs, hidden))).requires_grad_()
    b1 = read("b1", (hidden,)).requires_grad_()
    W2 = stored(read("W2", (hidden, classes))).requires_grad_()
    b2 = read("b2", (classes,)).requires_grad_()

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


model = {"logistic": logistic, "perceptron": perceptron}[workload["model"]]
models = {form: model(form) for form in FORMS}
WARM_UP = 0.2


def time_steps(step, turn_ms, group):
    clock = time.perf_counter_ns
    start = clock()
    while clock() - start < turn_ms * 1e6 * WARM_UP:
        step()
    times = []
    now = clock()
    while True:
        before = now
        for _ in range(group):
            step()
        now = clock()
        times.append((now - before) / 1e6 / group)
        if now - start >= turn_ms * 1e6:
            return times


def train(parameters, step, form, steps, folder):
    losses = [float(step()) for _ in range(steps)]
    for name, value in parameters.items():
        value = value.detach()
        turned = value.t().contiguous() if form == "linear" and value.dim() == 2 else value
        turned.numpy().tofile(f"{folder}/peer-{name}")
    return losses


for line in sys.stdin:
    request = json.loads(line)
    form = request["form"]
    parameters, step = models[form]
    if request["do"] == "time":
        answer = {"times": time_steps(step, request["turn_ms"], request["group"])}
    else:
        losses = train(parameters, step, form, request["steps"], request["folder"])
        answer = {"losses": losses}
    print(json.dumps(answer), flush=True)

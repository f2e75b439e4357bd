# A participant: PyTorch's training step. Usage: python3 pytorch_step.py SETTINGS
# SETTINGS is JSON: {workload, folder, threads}; requests and answers as in serve.mjs.

import json
import sys
import time

import numpy
import torch
from torch.nn.functional import cross_entropy

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


def logistic():
    parameters = {"W": read("W", (inputs, classes)), "b": read("b", (classes,))}
    W, b = [p.requires_grad_() for p in parameters.values()]

    def step():
        cost = cross_entropy(torch.addmm(b, x, W), y)
        gW, gb = torch.autograd.grad(cost, (W, b))
        with torch.no_grad():
            W.add_(gW, alpha=-rate)
            b.add_(gb, alpha=-rate)
        return cost

    return parameters, step


def perceptron():
    parameters = {
        "W1": read("W1", (inputs, hidden)),
        "b1": read("b1", (hidden,)),
        "W2": read("W2", (hidden, classes)),
        "b2": read("b2", (classes,)),
    }
    W1, b1, W2, b2 = [p.requires_grad_() for p in parameters.values()]
    leaves = (W1, b1, W2, b2)

    # The decay's gradient by hand, as in PyTorch's optimizers: faster than through autograd.
    def step():
        h = torch.tanh(torch.addmm(b1, x, W1))
        likelihood = cross_entropy(torch.addmm(b2, h, W2), y)
        gW1, gb1, gW2, gb2 = torch.autograd.grad(likelihood, leaves)
        with torch.no_grad():
            flat1, flat2 = W1.view(-1), W2.view(-1)
            cost = likelihood + decay * (torch.dot(flat1, flat1) + torch.dot(flat2, flat2))
            W1.add_(gW1.add_(W1, alpha=2 * decay), alpha=-rate)
            b1.add_(gb1, alpha=-rate)
            W2.add_(gW2.add_(W2, alpha=2 * decay), alpha=-rate)
            b2.add_(gb2, alpha=-rate)
        return cost

    return parameters, step


parameters, step = {"logistic": logistic, "perceptron": perceptron}[workload["model"]]()
WARM_UP = 0.2


def time_steps(turn_ms, group):
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


def train(steps, folder):
    losses = [float(step()) for _ in range(steps)]
    for name, value in parameters.items():
        value.detach().numpy().tofile(f"{folder}/peer-{name}")
    return losses


for line in sys.stdin:
    request = json.loads(line)
    if request["do"] == "time":
        answer = {"times": time_steps(request["turn_ms"], request["group"])}
    else:
        answer = {"losses": train(request["steps"], request["folder"])}
    print(json.dumps(answer), flush=True)

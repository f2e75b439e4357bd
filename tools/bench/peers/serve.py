"""The side of a peer in Python: answers JSON lines on stdin, as serve.mjs does for others.

A peer gives `open(workload, read)`, which returns `Call`s by the name of their form: the ways to write
the same computation, of which the fastest counts.
"""

import json
import sys
import time

import numpy

# Of each turn, the part that is not counted, but for a call that takes a turn.
WARM_UP = 0.2


class Call:
    """One way to compute a workload: `run()` does it once and returns the result."""

    def __init__(self, run, parameters=None, array=numpy.asarray):
        self.run = run
        # Of training: name -> function giving the parameter, as [inputs, outputs].
        self.parameters = parameters or {}
        # From what `run` returns, or a parameter, to NumPy.
        self.array = array


def time_calls(run, turn_ms, group):
    clock = time.perf_counter_ns
    start = clock()
    run()
    now = clock()
    if now - start >= turn_ms * 1e6:
        return [(now - start) / 1e6]
    while clock() - start < turn_ms * 1e6 * WARM_UP:
        run()
    times = []
    repeat = range(group)
    now = clock()
    while True:
        before = now
        for _ in repeat:
            run()
        now = clock()
        times.append((now - before) / 1e6 / group)
        if now - start >= turn_ms * 1e6:
            return times


def check(call, calls, folder, who):
    results = [call.run() for _ in range(calls)]
    for name, value in call.parameters.items():
        call.array(value()).astype(numpy.float32).tofile(f"{folder}/{who}-{name}")
    if call.parameters:
        return {"losses": [float(result) for result in results]}
    numpy.asarray(call.array(results[-1]), dtype=numpy.float32).tofile(f"{folder}/{who}-result")
    return {}


def reader(folder):
    def read(name, shape, dtype=numpy.float32):
        return numpy.fromfile(f"{folder}/{name}", dtype=dtype).reshape(shape)

    return read


def inputs(workload, read):
    """The inputs that are arrays of float32, in order."""
    kind = workload["kind"]
    if kind == "chain":
        return [read(name, (workload["length"],)) for name in "ab"]
    if kind == "product":
        m, n, k = workload["m"], workload["n"], workload["k"]
        return [read("a", (m, k)), read("b", (k, n))]
    return [read("x", ())]


def serve(open_workload):
    calls = {}
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "open":
            # What the last workload held goes first.
            calls = {}
            calls = open_workload(request["workload"], reader(request["folder"]))
            answer = {"forms": list(calls)}
        elif request["do"] == "time":
            call = calls[request["form"]]
            answer = {"times": time_calls(call.run, request["turn_ms"], request["group"])}
        else:
            call = calls[request["form"]]
            answer = check(call, request["calls"], request["folder"], request["who"])
        print(json.dumps(answer), flush=True)

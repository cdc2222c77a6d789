"""A small EventProp of its own, with mistakes planted on purpose: python3 planted.py writes planted.json.

It shares nothing with Backspike: crossings are found by scanning and bisection on the closed form, and the adjoint walks
back over a list of events. Plain Python, no packages. Each case has the preset, the loss, the spikes and the gradient that a
program with one mistake finds. The tests read planted.json only.
"""

import json
import math
import os


class Net:
    """Layers of LIF neurons, recurrent synapses in the first layer, one set of parameters."""

    def __init__(self, w1, rec, w2, tau_mem=9e-3, tau_syn=5e-3, v_th=0.7, v_leak=0.1, v_reset=-0.2, t_max=30e-3):
        self.w1, self.rec, self.w2 = w1, rec, w2
        self.tau_mem, self.tau_syn = tau_mem, tau_syn
        self.v_th, self.v_leak, self.v_reset, self.t_max = v_th, v_leak, v_reset, t_max
        self.hidden, self.out = len(w1[0]), len(w2[0])
        self.n = self.hidden + self.out
        self.v0 = 0.0
        self.once = False
        self.n_spikes = None

    def flow(self, v, i, x):
        a, b = 1 / self.tau_mem, 1 / self.tau_syn
        em, es = math.exp(-a * x), math.exp(-b * x)
        phi = x * em if a == b else (em - es) / (b - a)
        return self.v_leak + (v - self.v_leak) * em + i * a * phi, i * es

    def reach(self, source):
        """(neuron, weight, place) of each synapse of a source: ('in', c) or ('n', k)."""
        kind, k = source
        if kind == "in":
            return [(j, w, ("w1", k, j)) for j, w in enumerate(self.w1[k])]
        found = []
        if k < self.hidden:
            found += [(j, w, ("rec", k, j)) for j, w in enumerate(self.rec[k])]
            found += [(self.hidden + j, w, ("w2", k, j)) for j, w in enumerate(self.w2[k])]
        return found

    def run(self, inputs):
        """Events [(time, source, current)] and the states (v, i) of all neurons just before and after each."""
        t, v, i = 0.0, [self.v0] * self.n, [0.0] * self.n
        pending = sorted(inputs)
        events, count = [], [0] * self.n
        taken = 0
        while True:
            until = pending[0][0] if pending else self.t_max
            best = None
            for k in range(self.n):
                if self.once and count[k]:
                    continue
                x = self.crossing(v[k], i[k], until - t)
                if x is not None and (best is None or x < best[0]):
                    best = (x, k)
            if best is None and not pending:
                break
            if self.n_spikes is not None and taken >= self.n_spikes and best is not None and best[1] < self.hidden:
                break
            x = best[0] if best else until - t
            before = [self.flow(v[k], i[k], x) for k in range(self.n)]
            t += x
            v, i = [s[0] for s in before], [s[1] for s in before]
            if best:
                source = ("n", best[1])
                current = i[best[1]]
                v[best[1]] = self.v_reset
                count[best[1]] += 1
            else:
                time, channel = pending.pop(0)
                t = time
                source, current = ("in", channel), None
            taken += 1 if source[0] == "in" or source[1] < self.hidden else 0
            for j, w, _ in self.reach(source):
                i[j] += w
            events.append((t, source, current, before, list(zip(v, i))))
        return events

    def crossing(self, v, i, length):
        """The first time in [0, length) at which V reaches v_th from below, or None."""
        steps = max(50, int(length / 2e-5))
        last = 0.0
        for s in range(1, steps + 1):
            x = length * s / steps
            if self.flow(v, i, x)[0] >= self.v_th and self.flow(v, i, last)[0] < self.v_th:
                low, high = last, x
                for _ in range(200):
                    middle = (low + high) / 2
                    if self.flow(v, i, middle)[0] < self.v_th:
                        low = middle
                    else:
                        high = middle
                return high if high < length else None
            last = x
        return None

    def spikes(self, events):
        times = [[] for _ in range(self.n)]
        for event in events:
            if event[1][0] == "n":
                times[event[1][1]].append(event[0])
        return times

    def gradient(self, inputs, targets, bug=None):
        """Loss Σ (t - T)² / (1 ms)², spikes, and gradients of the weights and input times with a planted bug."""
        events = self.run(inputs)
        tau = 1e-3
        loss, seen = 0.0, [0] * self.n
        explicit = []
        for event in events:
            g = 0.0
            if event[1][0] == "n" and event[1][1] >= self.hidden:
                k = event[1][1] - self.hidden
                if seen[k] < len(targets[k]):
                    d = event[0] - targets[k][seen[k]]
                    loss += (d / tau) ** 2
                    g = 2 * d / tau**2
                seen[k] += 1
            explicit.append(g)
        lv, li = [0.0] * self.n, [0.0] * self.n
        grad = {"w1": self.zeros(self.w1), "rec": self.zeros(self.rec), "w2": self.zeros(self.w2)}
        times = {}
        lambdas = {}
        currents = self.euler_currents(events) if bug == "euler" else None
        a, b = 1 / self.tau_mem, 1 / self.tau_syn
        # A neuron is carried back only to the events that touch it.
        at = [self.t_max] * self.n
        for number in range(len(events) - 1, -1, -1):
            time, source, current, before, after = events[number]
            touched = [j for j, _, _ in self.reach(source)] + ([source[1]] if source[0] == "n" else [])
            for k in set(touched):
                x = at[k] - time
                at[k] = time
                em, es = math.exp(-a * x), math.exp(-b * x)
                phi = x * em if a == b else (em - es) / (b - a)
                if bug == "euler":
                    lv[k], li[k] = self.euler(lv[k], li[k], x, 1e-4)
                else:
                    li[k] = li[k] * (em if bug == "tau-mem-kernel" else es) + b * lv[k] * phi
                    lv[k] = lv[k] * em
            received = 0.0
            for j, w, (name, row, column) in self.reach(source):
                if bug == "missing-channel" and source == ("in", 1):
                    continue
                scale = 1 if bug == "unscaled" else self.tau_syn
                grad[name][row][column] -= scale * (lv[j] if bug == "potential-gradient" else li[j])
                if bug == "current-only":
                    received += -w * li[j]
                elif bug == "potential-only":
                    received += w * lv[j]
                elif bug == "wrong-sign-current":
                    received += w * (lv[j] + li[j])
                elif bug == "no-recurrence" and name == "rec":
                    received += 0
                elif bug == "no-self" and name == "rec" and row == column:
                    received += 0
                else:
                    received += w * (lv[j] - li[j])
            if source[0] == "in":
                times[number] = received
                continue
            k = source[1]
            if currents:
                current = currents[number]
            slope = current + (0 if bug == "no-leak" else self.v_leak) - self.v_th
            if bug == "slope-at-reset":
                slope = current + self.v_leak - self.v_reset
            if bug == "no-slope":
                slope = 1.0
            height = self.v_th - self.v_reset
            if bug == "no-reset-term":
                height = 0.0
            if bug == "reset-to-zero":
                height = self.v_th
            jump = (height * lv[k] + received + explicit[number]) / slope
            lv[k] = jump if bug == "overwritten" else lv[k] + jump
            lambdas.setdefault(k, []).append((lv[k], li[k]))
        order = [n for n, e in enumerate(events) if e[1][0] == "in"]
        return {
            "loss": loss,
            "spikes": self.spikes(events),
            "w1": grad["w1"], "rec": grad["rec"], "w2": grad["w2"],
            "input_times": [times[n] for n in order],
            "lambda_v": [[s[0] for s in reversed(lambdas.get(k, []))] for k in range(self.n)],
            "lambda_i": [[s[1] for s in reversed(lambdas.get(k, []))] for k in range(self.n)],
        }

    def euler_currents(self, events):
        """The current of each spike if currents decay by Euler steps of 0.1 ms between the same events."""
        i, at, found = [0.0] * self.n, [0.0] * self.n, {}
        for number, (time, source, _, _, _) in enumerate(events):
            touched = [j for j, _, _ in self.reach(source)] + ([source[1]] if source[0] == "n" else [])
            for k in set(touched):
                _, i[k] = self.euler(0.0, i[k], time - at[k], 1e-4)
                at[k] = time
            if source[0] == "n":
                found[number] = i[source[1]]
            for j, w, _ in self.reach(source):
                i[j] += w
        return found

    def euler(self, lv, li, x, step):
        count = x / step
        whole = round(count) if abs(count - round(count)) < 1e-9 else int(count)
        for h in [step] * whole + [max(0.0, x - whole * step)]:
            li, lv = li + h / self.tau_syn * (lv - li), lv - h / self.tau_mem * lv
        return lv, li

    @staticmethod
    def zeros(matrix):
        return [[0.0] * len(row) for row in matrix]


def network(**changes):
    net = Net(
        w1=[[2.6, 1.1, 0.4], [0.9, 2.9, 1.3], [1.6, 0.7, 2.4], [0.8, 1.9, 1.2]],
        rec=[[-0.3, 0.5, 0.2], [0.4, -0.2, 0.3], [-0.6, 0.3, 0.1]],
        w2=[[1.5, 0.6], [0.8, 1.7], [1.1, 0.9]],
    )
    for name, value in changes.items():
        setattr(net, name, value)
    return net


INPUTS = [(1.2e-3, 0), (2.9e-3, 1), (4.4e-3, 2), (6.5e-3, 3), (9.1e-3, 1), (11.7e-3, 0), (13.2e-3, 2)]
TARGETS = [[8e-3, 13e-3, 17e-3], [9e-3, 14e-3, 18e-3]]

BUGS = [
    "exact", "no-reset-term", "reset-to-zero", "no-leak", "tau-mem-kernel", "no-recurrence", "no-self", "unscaled",
    "current-only", "potential-only", "wrong-sign-current", "slope-at-reset", "no-slope", "overwritten",
    "potential-gradient", "missing-channel", "euler",
]

MODELS = {
    "v_leak = 0": dict(v_leak=0.0),
    "V(0) = v_leak": dict(v0=0.1),
    "v_reset = 0": dict(v_reset=0.0),
    "one spike for each neuron": dict(once=True),
    "tau_syn = 0.5 tau_mem": dict(tau_syn=4.5e-3),
    "tau_syn = tau_mem": dict(tau_syn=9e-3),
    "no recurrent synapses": dict(rec=[[0.0] * 3 for _ in range(3)]),
}


def main():
    cases = [dict(kind="bug", name=bug, **network().gradient(INPUTS, TARGETS, bug)) for bug in BUGS]
    for name, changes in MODELS.items():
        cases.append(dict(kind="model", name=name, **network(**changes).gradient(INPUTS, TARGETS)))
    grid = network().gradient(INPUTS, TARGETS)
    grid["spikes"] = [[math.ceil(t / 1e-4) * 1e-4 for t in times] for times in grid["spikes"]]
    cases.append(dict(kind="model", name="a grid of 100 us", **grid))
    net = network()
    preset = {
        "title": "Planted mistakes", "t_max": net.t_max,
        "parameters": {
            "tau_mem": net.tau_mem, "tau_syn": net.tau_syn, "v_th": net.v_th, "v_leak": net.v_leak,
            "v_reset": net.v_reset,
        },
        "inputs": {"size": 4, "spikes": [list(spike) for spike in INPUTS]},
        "layers": [
            {"name": "hidden", "size": 3, "weights": net.w1, "recurrent": net.rec},
            {"name": "out", "size": 2, "weights": net.w2},
        ],
        "loss": {"kind": "all_spikes_mse", "targets": TARGETS, "tau": 1e-3},
    }
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "planted.json"), "w") as file:
        json.dump({"preset": preset, "cases": cases}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()

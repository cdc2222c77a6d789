"""A classifier of a researcher, with one bug: python3 researcher.py writes classifier.yaml, model.npz, data.npz and wrong.npz.

Weights are [out, in], as PyTorch has them; 200 samples with one spike per channel, in ms; wrong.npz has the mean of the
gradients. Their adjoint sets λV to the jump where the jump has to be added, which matters only where a neuron spikes twice on
the way to the loss: in 3 of the samples. Written with numpy 2.4; it shares nothing with Backspike.
"""

import math
import os
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "StudyTests", "Planted"))
from planted import Net  # noqa: E402


class Classifier(Net):
    """The loss is log Σ exp((t_label - t_j) / 2 ms) of the first spikes; a silent neuron counts as t_max."""

    def gradient(self, inputs, label, bug=None):
        events = self.run(inputs)
        tau, first = 2e-3, {}
        for number, event in enumerate(events):
            if event[1][0] == "n" and event[1][1] >= self.hidden:
                first.setdefault(event[1][1] - self.hidden, number)
        times = [events[first[k]][0] if k in first else self.t_max for k in range(self.out)]
        weights = [math.exp((times[label] - t) / tau) for t in times]
        explicit = [0.0] * len(events)
        for k, number in first.items():
            explicit[number] = ((1.0 if k == label else 0.0) - weights[k] / sum(weights)) / tau
        lv, li, at = [0.0] * self.n, [0.0] * self.n, [self.t_max] * self.n
        grad = {"w1": self.zeros(self.w1), "rec": self.zeros(self.rec), "w2": self.zeros(self.w2)}
        a, b = 1 / self.tau_mem, 1 / self.tau_syn
        for number in range(len(events) - 1, -1, -1):
            time, source, current, _, _ = events[number]
            for k in {j for j, _, _ in self.reach(source)} | ({source[1]} if source[0] == "n" else set()):
                x, at[k] = at[k] - time, time
                em, es = math.exp(-a * x), math.exp(-b * x)
                li[k] = li[k] * es + b * lv[k] * (em - es) / (b - a)
                lv[k] *= em
            received = 0.0
            for j, w, (name, row, column) in self.reach(source):
                grad[name][row][column] -= self.tau_syn * li[j]
                received += w * (lv[j] - li[j])
            if source[0] == "n":
                k = source[1]
                jump = (self.v_th * lv[k] + received + explicit[number]) / (current - self.v_th)
                lv[k] = jump if bug == "overwritten" else lv[k] + jump
        return math.log(sum(weights)), np.array(grad["w1"]).T, np.array(grad["w2"]).T


def main():
    r = np.random.default_rng(15)
    t = np.sort(r.uniform(0.5, 9.5, (200, 5)), axis=1)
    t = np.stack([r.permutation(x) for x in t])
    y = r.integers(0, 3, 200)
    w1, w2 = r.normal(0.95, 0.25, (8, 5)), r.normal(0.75, 0.2, (3, 8))
    np.savez(os.path.join(here, "data.npz"), t=t, y=y)
    np.savez(os.path.join(here, "model.npz"), **{"fc1.weight": w1, "fc2.weight": w2})
    net = Classifier(
        w1.T.tolist(), [[0.0] * 8 for _ in range(8)], w2.T.tolist(),
        tau_mem=10e-3, v_th=0.6, v_leak=0.0, v_reset=0.0, t_max=25e-3)
    found = [
        net.gradient([(x / 1e3, c) for c, x in enumerate(t[s])], int(y[s]), "overwritten") for s in range(200)
    ]
    np.savez(
        os.path.join(here, "wrong.npz"), loss=np.mean([f[0] for f in found]),
        **{"fc1.weight": np.mean([f[1] for f in found], axis=0), "fc2.weight": np.mean([f[2] for f in found], axis=0)})
    with open(os.path.join(here, "classifier.yaml"), "w") as file:
        file.write("""title: A classifier
t_max: 25 ms
inputs: { size: 5 }
samples: { file: data.npz, times: t, labels: y, time_unit: ms }
layers:
  - { name: hidden, size: 8, weights: { file: model.npz, array: fc1.weight, transpose: true } }
  - { name: out, size: 3, weights: { file: model.npz, array: fc2.weight, transpose: true } }
loss: { kind: ttfs_cross_entropy, label: 0, tau: 2 ms }
""")


if __name__ == "__main__":
    main()

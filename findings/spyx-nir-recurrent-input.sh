#!/usr/bin/env bash
# In a NIR file of Spyx the input of a recurrent layer goes through the recurrent weights
#
# Date: 2026-11-30
# Version: spyx 1.0.0, nir 1.0.8, jax 0.10.2, flax 0.12.8, numpy 2.4.6 (Python 3.11)
#
# One expects: a layer RCuBaLIF computes I = alpha I + x + S w_rec, so its NIR graph has an edge from the input to the neurons, and a
#   loop from the neurons through w_rec back to them, as in the paper on NIR and in the files of snnTorch.
# What happens: to_nir writes input -> w_rec -> lif and no edge input -> lif. By the graph the neurons get w_rec x, not x. With
#   recurrent weights of zero the layer of Spyx spikes, and in its file nothing can reach a neuron. Spyx reads the file back right,
#   because it looks at the types of the four nodes and not at the edges.
# Why it matters: every other reader of the file computes another network, without an error, because the shapes fit. A reader that
#   knows of it can still not tell such a file from one that means it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install spyx==1.0.0 nir==1.0.8 jax==0.10.2 jaxlib==0.10.2 flax==0.12.8 numpy==2.4.6 h5py==3.16.0
cat > "$folder/look.py" <<'P'
import sys
import jax.numpy as jnp, nir, numpy, spyx.nn as nn
from flax import nnx
from spyx.nir import to_nir

path = sys.argv[1]
layer = nn.RCuBaLIF((2,), rngs=nnx.Rngs(0))
layer.recurrent_w[...] = jnp.zeros((2, 2))

state, spikes = jnp.zeros((1, 4)), 0
for _ in range(50):
    out, state = layer(jnp.ones((1, 2)), state)
    spikes += int(out.sum())

shape = numpy.array([2])
nir.write(path, to_nir(nn.Sequential(layer), {"input": shape}, {"output": shape}))
graph = nir.read(path)
inner = next(node for node in graph.nodes.values() if isinstance(node, nir.NIRGraph))
ends = [name.split(".")[-1] for edge in inner.edges for name in edge]
edges = sorted(zip(ends[::2], ends[1::2]))
print("spikes of the layer of Spyx, recurrent weights 0:", spikes)
print("edges in its file:", edges)
same = spikes > 0 and ("input", "w_rec") in edges and ("input", "lif") not in edges
print("as found" if same else "CHANGED")
sys.exit(0 if same else 1)
P
"$folder/venv/bin/python" "$folder/look.py" "$folder/graph.nir"

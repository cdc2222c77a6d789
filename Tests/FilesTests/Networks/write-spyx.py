# Networks as Spyx writes them.
# pip install spyx==1.0.0 nir==1.0.8 h5py==3.16.0 numpy==2.4.6
import nir, numpy, spyx.nn as nn
from flax import nnx
from spyx.nir import to_nir

rngs = nnx.Rngs(0)
shapes = {"input": numpy.array([3])}, {"output": numpy.array([2])}
net = nn.Sequential(nnx.Linear(3, 4, use_bias=False, rngs=rngs), nn.CuBaLIF((4,), rngs=rngs),
    nnx.Linear(4, 2, use_bias=False, rngs=rngs), nn.CuBaLIF((2,), rngs=rngs))
nir.write("spyx.nir", to_nir(net, *shapes))
net = nn.Sequential(nnx.Linear(3, 2, use_bias=False, rngs=rngs), nn.RCuBaLIF((2,), rngs=rngs))
nir.write("spyx-recurrent.nir", to_nir(net, *shapes))

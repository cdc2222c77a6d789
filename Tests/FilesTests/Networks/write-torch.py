# Networks as snnTorch and Norse write them.
# pip install torch==2.5.1 snntorch==1.0.0 norse==1.1.0 nirtorch==2.6 nir==1.0.8 h5py==3.16.0 numpy==2.4.6
import nir, torch, norse.torch as norse, snntorch as snn
from norse.torch.utils.export_nir import to_nir
from snntorch.export_nir import export_to_nir

torch.manual_seed(0)
x = torch.ones(3)

def synaptic(n, **more):
    return snn.Synaptic(alpha=torch.linspace(0.9, 0.98, n), beta=torch.linspace(0.95, 0.99, n), threshold=torch.ones(n), init_hidden=True, **more)

net = torch.nn.Sequential(
    torch.nn.Linear(3, 4), synaptic(4), torch.nn.Linear(4, 2, bias=False), synaptic(2, output=True))
nir.write("snntorch.nir", export_to_nir(net, x))

recurrent = snn.RSynaptic(alpha=0.9, beta=0.95, linear_features=4, init_hidden=True)
nir.write("snntorch-recurrent.nir", export_to_nir(torch.nn.Sequential(torch.nn.Linear(3, 4), recurrent), x))

leaky = snn.Leaky(beta=torch.full((4,), 0.9), threshold=torch.ones(4), init_hidden=True)
nir.write("snntorch-leaky.nir", export_to_nir(torch.nn.Sequential(torch.nn.Linear(3, 4), leaky), x))

# Norse's defaults are numbers without an axis, which nir.write cannot write.
p = norse.LIFParameters(
    tau_syn_inv=torch.full((4,), 200.0), tau_mem_inv=torch.full((4,), 100.0),
    v_leak=torch.zeros(4), v_th=torch.ones(4), v_reset=torch.zeros(4))
net = norse.SequentialState(torch.nn.Linear(3, 4), norse.LIFCell(p))
nir.write("norse.nir", to_nir(net, x))

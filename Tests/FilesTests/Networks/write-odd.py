# A network as nir 1.0.4 wrote it: without v_reset and w_in, with an edge twice, names with dots, and no Input or Output.
# pip install nir==1.0.8 h5py==3.16.0 numpy==2.4.6
import h5py, numpy as np

with h5py.File("odd.nir", "w") as f:
    f["version"] = "0.2"
    f["node/type"] = "NIRGraph"
    edges = [("fc.1", "lif1.lif"), ("lif1.lif", "lif1.w_rec"), ("fc.1", "lif1.lif"), ("lif1.w_rec", "lif1.lif")]
    f.create_dataset("node/edges", data=edges, dtype=h5py.string_dtype())
    nodes = {
        "fc.1": dict(type="Linear", weight=np.array([[0.01, 0.02, 0.03], [0.04, 0.05, 0.06]], "f4")),
        "lif1.w_rec": dict(type="Linear", weight=np.array([[0, 0.001], [0.002, 0]])),
        "lif1.lif": dict(type="CubaLIF", tau_mem=np.array([0.02]), tau_syn=0.005, r=np.ones(2), v_leak=np.zeros(2), v_threshold=np.ones(2)),
    }
    for name, node in nodes.items():
        for key, value in node.items():
            f[f"node/nodes/{name}/{key}"] = value

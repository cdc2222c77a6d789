#!/usr/bin/env bash
# A NIR node with a slash in its name is written, and the file cannot be read back
#
# Date: 2026-11-30
# Version: nir 1.0.6, h5py 3.12.1, numpy 2.1.3 (Python 3.11)
#
# One expects: the names of nodes are free text. A node 'block/fc' reads back as 'block/fc', or nir.write refuses the name.
# What happens: nir.write takes the name as an HDF5 path and makes a group 'fc' within a group 'block'. nir.read takes 'block' for a
#   node, finds no type in it and raises KeyError: 'type'. A name with a dot, 'block.fc', reads back as it was.
# Why it matters: a file that was saved without an error is lost, and the error names neither the node nor the slash. A reader of NIR
#   files has to tell a group without a type from a node, and a writer has to refuse a slash.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install nir==1.0.6 h5py==3.12.1 numpy==2.1.3
cat > "$folder/look.py" <<'P'
import sys
import h5py, nir, numpy

path = sys.argv[1]

def graph(name):
    nodes = {
        "in": nir.Input(input_type={"input": numpy.array([3])}),
        name: nir.Linear(weight=numpy.ones((2, 3))),
        "out": nir.Output(output_type={"output": numpy.array([2])}),
    }
    return nir.NIRGraph(nodes=nodes, edges=[("in", name), (name, "out")])

def outcome(name):
    nir.write(path, graph(name))
    try:
        return "reads back as " + ", ".join(nir.read(path).nodes)
    except Exception as error:
        return f"{type(error).__name__}: {error}"

dot, slash = outcome("block.fc"), outcome("block/fc")
with h5py.File(path) as file:
    groups = []
    file.visit(groups.append)
print("block.fc:", dot)
print("block/fc:", slash)
print("groups:  ", [group for group in groups if "block" in group][:2])
same = "block.fc" in dot and slash == "KeyError: 'type'" and "node/nodes/block/fc" in groups
print("as found" if same else "CHANGED")
sys.exit(0 if same else 1)
P
"$folder/venv/bin/python" "$folder/look.py" "$folder/graph.nir"

#!/usr/bin/env bash
# nir.write stops at a number without an axis, and the file that was there is lost
#
# Date: 2026-11-30
# Version: nir 1.0.8, h5py 3.16.0, numpy 2.4.6 (Python 3.11)
#
# One expects: the parameters of a node may be single numbers, as in the default neurons of Norse: nir accepts them and its types
#   allow them. nir.write writes them, or refuses them before it touches the file.
# What happens: nir.write opens the file for writing, and then raises TypeError: Scalar datasets don't support chunk/filter options,
#   because it compresses every array. What the file held before is gone. The new file is valid HDF5 with the nodes up to there, and
#   without a type of the graph; nir.read says KeyError: 'type'. With compression=None the same graph is written and read back.
# Why it matters: a good file of an earlier export is destroyed by a failed one. The half file looks like NIR: a reader has to find
#   out that the graph in it ends.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install nir==1.0.8 h5py==3.16.0 numpy==2.4.6
cat > "$folder/look.py" <<'P'
import sys
import nir, numpy

path = sys.argv[1]

def graph(shape):
    number = lambda value: numpy.full(shape, value)
    lif = nir.CubaLIF(
        tau_mem=number(0.01), tau_syn=number(0.005), r=number(1.0), v_leak=number(0.0), v_threshold=number(1.0))
    nodes = {"in": nir.Input(numpy.array([1])), "lif": lif, "out": nir.Output(numpy.array([1]))}
    return nir.NIRGraph(nodes, [("in", "lif"), ("lif", "out")], type_check=False)

def outcome(action):
    try:
        return f"works, {len(action().nodes)} nodes" if action() is not None else "works"
    except Exception as error:
        return f"{type(error).__name__}: {error}"

read = lambda: nir.read(path, type_check=False)
good = outcome(lambda: nir.write(path, graph((1,)))), outcome(read)
bad = outcome(lambda: nir.write(path, graph(()))), outcome(read)
plain = outcome(lambda: nir.write(path, graph(()), compression=None)), outcome(read)
print("with an axis:        ", *good, sep="  ")
print("without an axis:     ", *bad, sep="  ")
print("without compression: ", *plain, sep="  ")
same = (
    good == ("works", "works, 3 nodes") and bad[0].startswith("TypeError: Scalar datasets")
    and bad[1] == "KeyError: 'type'" and plain == ("works", "works, 3 nodes"))
print("as found" if same else "CHANGED")
sys.exit(0 if same else 1)
P
"$folder/venv/bin/python" "$folder/look.py" "$folder/graph.nir"

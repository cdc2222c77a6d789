#!/usr/bin/env bash
# An EVT3 file that expelliarmus writes loses every pause longer than 4 ms
#
# Date: 2026-11-30
# Version: expelliarmus 1.1.12, numpy 2.4.6 (Python 3.11)
#
# One expects: events with growing times, saved and read in one of the three formats of Prophesee cameras, keep their times. EVT3
#   stores a time as 12 high and 12 low bits, and the high ones are written whenever they change.
# What happens: Wizard("evt3").save writes the high bits only where the low ones have become smaller. After a pause of more than
#   4096 us the low bits may have grown: then no EVT_TIME_HIGH word is written, and the pause shrinks by whole periods of 4096 us. A
#   recording of 40 s with an event every 5 ms reads back as 7.2 s. The formats dat and evt2 keep all times of the same arrays, and
#   evt3 does where the events are 1 ms apart.
# Why it matters: sparse recordings, such as those of a test pattern or of a spiking network, are compressed in time without a word,
#   and everything that is learnt from spike times learns wrong ones. A reader cannot repair it: the bits are not in the file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install expelliarmus==1.1.12 numpy==2.4.6
cat > "$folder/look.py" <<'P'
import sys
import numpy
from expelliarmus import Wizard

folder = sys.argv[1]

def again(encoding, step):
    times = numpy.arange(10, 40_000_010, step)
    events = numpy.zeros(len(times), dtype=[("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1")])
    events["t"] = times
    path = f"{folder}/events." + ("dat" if encoding == "dat" else "raw")
    Wizard(encoding=encoding).save(fpath=path, arr=events)
    read = Wizard(encoding=encoding).read(path)["t"]
    return "times kept" if numpy.array_equal(read, times) else f"40 s became {read[-1] / 1e6:.1f} s"

found = {(encoding, step): again(encoding, step) for encoding in ["dat", "evt2", "evt3"] for step in [1000, 5000]}
for (encoding, step), words in found.items():
    print(f"{encoding:4}  an event every {step // 1000} ms: {words}")
expected = {key: "times kept" for key in found} | {("evt3", 5000): "40 s became 7.2 s"}
print("as found" if found == expected else "CHANGED")
sys.exit(0 if found == expected else 1)
P
"$folder/venv/bin/python" "$folder/look.py" "$folder"

import Foundation
import Testing

/// Files that numpy wrote, in the folder `Arrays`.
///
/// numpy 2.4 wrote them with these commands:
///
/// ```python
/// import io, struct, zipfile, zlib
/// import numpy as np
/// m = np.arange(6).reshape(3, 2) / 4 - 0.5
/// for name, t in [("f4-little", "<f4"), ("f4-big", ">f4"), ("f8-little", "<f8"), ("f8-big", ">f8")]:
///     np.save(name + ".npy", m.astype(t))
/// np.save("fortran.npy", np.asfortranarray(m))
/// np.save("rank3-fortran.npy", np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)))
/// np.save("scalar.npy", np.float64(2.5))
/// np.save("empty.npy", np.zeros((0, 3)))
/// for v in [2, 3]:
///     with open(f"version{v}.npy", "wb") as f: np.lib.format.write_array(f, m, version=(v, 0))
/// np.save("complex.npy", m.astype(complex))
/// np.save("record.npy", np.zeros(2, dtype=[("a", "<f8"), ("b", "<i4")]))
/// np.savez("integers.npz", **{t: np.array([0, 1, 100]).astype(t)
///     for t in ["i1", "u1", "<i2", ">i2", "<i4", ">u4", "<i8", ">i8", "<u8"]})
/// w = dict(w0=(np.arange(6).reshape(3, 2) / 4).astype("f4"), w1=np.asfortranarray([[1., 2.], [3., 4.]]),
///     bad=np.array([[1, np.nan], [np.inf, 0]]), delays=np.array([[0.001, 0], [0, 0.002]]),
///     list=np.array([0.001, 0.002, 0.003]))
/// np.savez("stored.npz", **w)
/// np.savez_compressed("deflated.npz", **w)
/// np.savez("spikes.npz", t=np.array([0.002, 0.0055, 0.004]), idx=np.array([0, 2, 1]),
///     late=np.array([0.002, -0.001, -0.003]), far=np.array([0, 3, -1]), short=np.array([0, 1]),
///     same=np.array([1, 1, 1]), twice=np.array([0.004, 0.002, 0.004]))
///
/// def npy(array):
///     b = io.BytesIO(); np.save(b, array); return b.getvalue()
/// with zipfile.ZipFile("bzip2.npz", "w", zipfile.ZIP_BZIP2) as f:
///     f.writestr("w.npy", npy(m)); f.writestr("note", b"hello")
///
/// # Streams of every kind of block, with copies near and far.
/// rng = np.random.default_rng(0)
/// near = np.repeat(np.round(rng.normal(size=40), 1), 20)
/// far = np.tile(rng.integers(0, 256, 4096, dtype="u1"), 3)
/// out = cd = b""
/// members = [("fixed", near, 9, zlib.Z_FIXED), ("dynamic", near, 9, 0), ("stored", near[:30], 0, 0),
///     ("far", far, 9, 0), ("huffman", near, 9, zlib.Z_HUFFMAN_ONLY), ("rle", near, 9, zlib.Z_RLE)]
/// for name, array, level, strategy in members:
///     raw, n = npy(array), name.encode() + b".npy"
///     c = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy); s = c.compress(raw) + c.flush()
///     common = struct.pack("<5H3I2H", 20, 0, 8, 0, 33, zlib.crc32(raw), len(s), len(raw), len(n), 0)
///     cd += b"PK\1\2\24\0" + common + struct.pack("<3H2I", 0, 0, 0, 0, len(out)) + n
///     out += b"PK\3\4" + common + n + s
/// end = struct.pack("<4H2IH", 0, 0, 6, 6, len(cd), len(out), 0)
/// open("blocks.npz", "wb").write(out + cd + b"PK\5\6" + end)
///
/// # The long form of the directory.
/// raw, n, F = npy(m), b"w.npy", 0xFFFFFFFF
/// head = struct.pack("<5H3IH", 45, 0, 0, 0, 33, zlib.crc32(raw), F, F, len(n))
/// out = b"PK\3\4" + head + b"\24\0" + n + struct.pack("<2H2Q", 1, 16, len(raw), len(raw)) + raw
/// cd = (b"PK\1\2\55\0" + head + b"\34\0" + struct.pack("<3H2I", 0, 0, 0, 0, F) + n
///     + struct.pack("<2H3Q", 1, 24, len(raw), len(raw), 0))
/// long = struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, 1, 1, len(cd), len(out))
/// place = struct.pack("<IQI", 0, len(out) + len(cd), 1)
/// end = struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, F, F, 0)
/// open("zip64.npz", "wb").write(out + cd + b"PK\6\6" + long + b"PK\6\7" + place + b"PK\5\6" + end)
/// ```
///
/// safetensors 0.8.0 and torch 2.5.1 wrote `torch.safetensors`:
///
/// ```python
/// safetensors.torch.save_file({
///     "w": torch.arange(6.0).reshape(3, 2).double(), "b": torch.tensor([1.5, -2], dtype=torch.bfloat16),
///     "h": torch.tensor([0.5], dtype=torch.float16), "i": torch.tensor([[1, 2]])}, "torch.safetensors")
/// ```
///
/// h5py 3.16 wrote the HDF5 files:
///
/// ```python
/// import h5py, numpy as np
/// with h5py.File("lists.h5", "w") as f:
///     times = f.create_dataset("spikes/times", (3,), dtype=h5py.vlen_dtype("f2"))
///     units = f.create_dataset("spikes/units", (3,), dtype=h5py.vlen_dtype("u2"))
///     for i, (t, u) in enumerate([([0.125, 0.5, 0.5], [7, 699, 0]), ([], []), ([1 / 3], [4])]):
///         times[i], units[i] = np.array(t, "f2"), np.array(u, "u2")
///     f["labels"] = np.array([3, 0, 19], "i8")
/// with h5py.File("kinds.h5", "w") as f:
///     for t in ["f2", ">f4", "f8", "i1", "u1", "i2", ">u4", "i8", "u8"]:
///         f["numbers/" + t] = np.array([[0, 1], [100, 3]], t)
///     f.create_dataset("numbers/packed", data=np.arange(1000.0), chunks=(300,), compression="gzip", shuffle=True)
///     f["scalar"] = -2.5
///     f["none"] = np.zeros((0, 3))
///     f["beyond"] = np.array([1, 2**53 + 1])
///     f["text"] = "α"
///     f["texts"] = np.array([["in", "w"], ["w", ""]], h5py.string_dtype())
///     f["fixed"] = np.array([b"ab", b"cde"], "S5")
///     f["complex"], f["flag"] = np.zeros(2, complex), np.array([True])
///     f["long"] = np.zeros(1, np.longdouble)
///     f["soft"], f["external"] = h5py.SoftLink("/scalar"), h5py.ExternalLink("/etc/other.h5", "/a")
///     f.create_dataset("huge", (10**15,), "f8", chunks=(1000,))
///     f.create_dataset("unwritten", (10**8,), "f8", chunks=(1000,))
///     f.create_dataset("outside", (3,), "f8", external=[("/etc/passwd", 0, 24)])
/// ```
enum ArrayFixture {
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.url(forResource: "Arrays", withExtension: nil))
    return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// Draws numbers below a bound, the same ones in every run.
  struct Draw {
    var state: UInt64 = 1

    mutating func callAsFunction(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }
}

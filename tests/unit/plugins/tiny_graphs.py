"""Tiny TensorFlow.js graph models, written as files the way the TensorFlow.js converter writes them."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def integers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(v) for v in values]}}


class TinyGraph:
    """Collects nodes and weights and writes ``model.json`` and ``weights.bin``."""

    def __init__(self, *shape: int) -> None:
        dims = {"shape": {"dim": [{"size": str(n)} for n in shape]}}
        self.nodes: list[dict[str, Any]] = [{"name": "input", "op": "Placeholder", "attr": {"shape": dims}}]
        self.weights: list[tuple[str, Array, str | None]] = []

    def weight(self, name: str, value: Any, packing: str | None = None) -> str:
        self.weights.append((name, np.asarray(value), packing))
        self.nodes.append({"name": name, "op": "Const"})
        return name

    def node(self, name: str, op: str, *inputs: str, **attributes: Any) -> str:
        self.nodes.append({"name": name, "op": op, "input": list(inputs), "attr": attributes})
        return name

    def turn(self, name: str, source: str, *axes: int) -> str:
        return self.node(name, "Transpose", source, self.weight(f"{name}_perm", np.array(axes, np.int32)))

    def write(self, folder: Path) -> Path:
        entries, data = [], b""
        for name, value, packing in self.weights:
            kind = "float32" if value.dtype.kind == "f" else "int32"
            entry: dict[str, Any] = {"name": name, "shape": list(value.shape), "dtype": kind}
            if packing == "float16":
                entry["quantization"] = {"dtype": "float16"}
                data += value.astype("<f2").tobytes()
            elif packing == "uint8":
                low, scale = float(value.min()), float((value.max() - value.min()) / 255)
                entry["quantization"] = {"dtype": "uint8", "scale": scale, "min": low}
                data += np.rint((value - low) / scale).astype("u1").tobytes()
            else:
                data += value.astype("<f4" if kind == "float32" else "<i4").tobytes()
            entries.append(entry)
        (folder / "weights.bin").write_bytes(data)
        table = {
            "format": "graph-model",
            "modelTopology": {"node": self.nodes},
            "weightsManifest": [{"paths": ["weights.bin"], "weights": entries}],
        }
        model = folder / "model.json"
        model.write_text(json.dumps(table))
        return model

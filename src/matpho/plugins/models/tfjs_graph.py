"""Reads a TensorFlow.js graph model: ``model.json`` (topology and weight list) beside its weight shards.

The format is that of the TensorFlow.js converter: a GraphDef as JSON, and weights one after the other in the
shards' bytes, optionally quantised to float16 or to an affine 8 or 16 bit integer.
"""

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matpho.domain.system_words import because
from matpho.domain.text_words import amiss
from matpho.errors import ModelProblem

Array = npt.NDArray[Any]

_TYPES: Mapping[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "int32": np.dtype("<i4"), "bool": np.dtype("?")}
_PACKED: Mapping[str, np.dtype[Any]] = {"float16": np.dtype("<f2"), "uint8": np.dtype("u1"), "uint16": np.dtype("<u2")}


def broken(en: str, vi: str) -> ModelProblem:
    """The error for a model that is not as it should be."""
    return ModelProblem(f"The TensorFlow.js model cannot be used: {en}", f"Không dùng được mô hình TensorFlow.js: {vi}")


@dataclass(frozen=True, slots=True)
class Node:
    """One operation. ``inputs`` are names of other nodes, ``name:1`` for a second output; ``raw`` its attributes."""

    name: str
    op: str
    inputs: tuple[str, ...]
    raw: Mapping[str, Mapping[str, Any]]

    def integers(self, key: str, default: Sequence[int] = ()) -> tuple[int, ...]:
        """A list attribute."""
        values = self.raw.get(key, {}).get("list", {}).get("i")
        return tuple(int(v) for v in values) if values else tuple(default)

    def number(self, key: str, default: float) -> float:
        """A float or integer attribute."""
        value = self.raw.get(key, {})
        return float(value.get("f", value.get("i", default)))

    def flag(self, key: str) -> bool:
        """A boolean attribute, false where absent."""
        return bool(self.raw.get(key, {}).get("b", False))

    def text(self, key: str, default: str) -> str:
        """A bytes attribute, base64 in JSON."""
        value = self.raw.get(key, {}).get("s")
        return default if value is None else base64.b64decode(value).decode()

    def shape(self) -> tuple[int, ...]:
        """The shape attribute of a placeholder."""
        return tuple(int(d["size"]) for d in self.raw["shape"]["shape"]["dim"])


class Graph:
    """Nodes by name and the values of everything that does not depend on the picture."""

    def __init__(self, nodes: Mapping[str, Node], weights: Mapping[str, Array]) -> None:
        self.nodes = nodes
        self._known: dict[str, Array | None] = dict(weights)

    def node(self, name: str) -> Node:
        """The node of that name; raises ModelProblem when an input names a node that is not there."""
        try:
            return self.nodes[name]
        except KeyError:
            raise broken(f"node {name} is missing", f"thiếu nút {name}") from None

    def constant(self, name: str) -> Array | None:
        """The value of a node that depends on weights alone, folded where it is computed; None otherwise."""
        if ":" in name:
            return None  # a further output of an operation that splits: those that we fold have one
        if name not in self._known:
            node = self.node(name)
            fold = _FOLDS.get(node.op)
            parts = [self.constant(i) for i in node.inputs] if fold else []
            known = [p for p in parts if p is not None]
            self._known[name] = fold(*known) if fold and parts and len(known) == len(parts) else None
        return self._known[name]

    def figures(self, name: str) -> Array:
        """Like :meth:`constant`, for an input that has to be constant; raises ModelProblem when it is not."""
        value = self.constant(name)
        if value is None:
            raise broken(f"{name} should be constant", f"{name} lẽ ra phải là hằng số")
        return value


def _sparse_to_dense(places: Array, shape: Array, values: Array, rest: Array) -> Array:
    dense = np.full(tuple(shape), rest, dtype=values.dtype)
    for place, value in zip(np.atleast_2d(places), np.broadcast_to(values, len(np.atleast_2d(places))), strict=True):
        dense[tuple(place)] = value
    return dense


def _add(a: Array, b: Array) -> Array:
    return np.asarray(a + b)


_FOLDS: Mapping[str, Callable[..., Array]] = {
    "Identity": np.asarray,
    "Add": _add,
    "AddV2": _add,
    "Reshape": lambda value, shape: value.reshape(shape),
    "SparseToDense": _sparse_to_dense,
}


def read(model: Path) -> Graph:
    """Read ``model.json`` and the shards beside it.

    Raises ModelProblem when the JSON is no graph model, a shard is missing, or the weights are too short or too long.
    """
    try:
        table = json.loads(model.read_text("utf-8"))
        topology = table["modelTopology"]["node"]
        manifest = table["weightsManifest"]
        nodes = {n["name"]: _node(n) for n in topology}
        weights: dict[str, Array] = {}
        for group in manifest:
            shards = b"".join(_shard(model.parent, name) for name in group["paths"])
            weights.update(_unpack(group["weights"], shards))
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as e:
        why = because(e) if isinstance(e, OSError) else amiss(e)
        raise broken(f"{model.name}: {why.en}", f"{model.name}: {why.vi}") from e
    return Graph(nodes, weights)


def _node(table: Mapping[str, Any]) -> Node:
    inputs = tuple(i for i in table.get("input", ()) if not i.startswith("^"))  # ^: order only, no data
    return Node(table["name"], table["op"], inputs, table.get("attr", {}))


def _shard(folder: Path, name: str) -> bytes:
    if Path(name).name != name:
        raise broken(f"shard {name} lies elsewhere", f"tệp trọng số {name} nằm ngoài thư mục")
    return (folder / name).read_bytes()


def _unpack(entries: Sequence[Mapping[str, Any]], data: bytes) -> dict[str, Array]:
    """The weights of one manifest group, in its order."""
    weights: dict[str, Array] = {}
    at = 0
    for entry in entries:
        packing = entry.get("quantization")
        stored = _PACKED[packing["dtype"]] if packing else _TYPES[entry["dtype"]]
        count = math.prod(entry["shape"])
        if at + count * stored.itemsize > len(data):
            raise broken(f"weights end within {entry['name']}", f"tệp trọng số bị cụt ở {entry['name']}")
        value: Array = np.frombuffer(data, stored, count, at)
        if packing and "scale" in packing:
            value = value * np.float32(packing["scale"]) + np.float32(packing["min"])
        value = value.astype(_TYPES[entry["dtype"]])
        weights[entry["name"]] = value.reshape(entry["shape"])
        at += count * stored.itemsize
    if at != len(data):
        raise broken(f"{len(data) - at} bytes of weights too many", f"tệp trọng số thừa {len(data) - at} byte")
    return weights

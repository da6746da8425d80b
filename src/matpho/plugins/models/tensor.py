"""A tensor on its way through the conversion: an ONNX value seen through a transposition and a border not yet added.

TensorFlow graphs made from channel-first models swap NHWC and NCHW around every convolution and pad before it.
Carrying both lazily lets most of them vanish: two opposite swaps cancel, and a border of zeros becomes the
convolution's own ``pads``.
"""

from dataclasses import dataclass, replace

Axes = tuple[int, ...]
NHWC_FROM_NCHW: Axes = (0, 2, 3, 1)
NCHW_FROM_NHWC: Axes = (0, 3, 1, 2)


@dataclass(frozen=True, slots=True)
class Tensor:
    """``logical = transpose(pad(onnx[name]), axes)``.

    ``border`` is (begin, end) per axis *of the ONNX value*, filled with ``fill``; ``axes`` says which axis of the
    ONNX value each logical axis is (empty: unknown rank, no transposition). ``shape`` is logical, for the graph's
    own input size, border included; batch, height and width of the converted model are free.
    """

    name: str
    shape: tuple[int, ...]
    axes: Axes
    border: tuple[tuple[int, int], ...]
    fill: float = 0.0

    @property
    def plain(self) -> bool:
        """Whether the ONNX value is the tensor itself."""
        return self.axes == tuple(range(len(self.shape))) and not self.bordered

    @property
    def bordered(self) -> bool:
        """Whether a border is still to be added."""
        return any(b or e for b, e in self.border)

    def turned(self, axes: Axes) -> "Tensor":
        """Transposed once more."""
        return replace(self, axes=tuple(self.axes[a] for a in axes), shape=tuple(self.shape[a] for a in axes))

    def padded(self, border: tuple[tuple[int, int], ...], fill: float) -> "Tensor":
        """With a border; only where none is waiting or both have the same filling. ``border`` is per logical axis."""
        physical = list(self.border)
        for logical, (begin, end) in enumerate(border):
            have = physical[self.axes[logical]]
            physical[self.axes[logical]] = (have[0] + begin, have[1] + end)
        shape = tuple(n + b + e for n, (b, e) in zip(self.shape, border, strict=True))
        return replace(self, border=tuple(physical), fill=fill, shape=shape)


def fresh(name: str, shape: tuple[int, ...]) -> Tensor:
    """An ONNX value as it is."""
    return Tensor(name, shape, tuple(range(len(shape))), ((0, 0),) * len(shape))

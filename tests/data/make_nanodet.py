"""Makes nanodet_reference.json: what TensorFlow.js itself computes from the original graph on a made picture.

Run by hand, from the repository's root, when the npm package of the detector changes::

    .venv/bin/python tests/data/make_nanodet.py FOLDER-WITH-nanodet.json

npm puts TensorFlow.js into a temporary folder; nothing of it is kept but the figures.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matpho.plugins.models.node import npm, npm_command

HERE = Path(__file__).parent
SIDE = 416
TFJS = "4.22.0"
PACKAGES = [f"@tensorflow/tfjs-{part}@{TFJS}" for part in ("core", "converter", "backend-cpu")]
SCRIPT = """
const fs = require('fs'), tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const {loadGraphModel} = require('@tensorflow/tfjs-converter');
const [folder, input, side] = process.argv.slice(2);
const table = JSON.parse(fs.readFileSync(folder + '/nanodet.json'));
const bytes = fs.readFileSync(folder + '/nanodet.bin');
const io = {load: async () => ({modelTopology: table.modelTopology, format: table.format, signature: table.signature,
  weightSpecs: table.weightsManifest[0].weights,
  weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)})};
(async () => {
  await tf.setBackend('cpu');
  const model = await loadGraphModel(io), raw = fs.readFileSync(input);
  const values = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
  const names = ['Identity', 'Identity_1', 'Identity_2', 'Identity_3', 'Identity_4', 'Identity_5'];
  const outputs = model.execute(tf.tensor(values, [1, 3, +side, +side]), names);
  const plain = outputs.map(o => ({shape: o.shape, values: Array.from(o.dataSync())}));
  fs.writeFileSync(input + '.out', JSON.stringify(plain));
})();
"""


def picture() -> npt.NDArray[np.float32]:
    """(1, 3, 416, 416) input: waves of several lengths and two bright blocks, from integer arithmetic alone."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    planes = [((x * (3 + c) + y * (7 - c)) % 97) + ((x // 13 + y // 29 + c) % 5) * 20 for c in range(3)]
    level = np.stack(planes).astype(np.float32)
    level[:, 120:300, 150:210] = 230
    level[:, 250:380, 240:400] = 40
    return ((level - 110) / 58)[None]


def places(count: int) -> list[int]:
    """Forty flat indices spread over an output."""
    return [int(i) for i in np.linspace(0, count - 1, 40)]


def main() -> None:
    """Compute and write the figures."""
    weights = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "package.json").write_text('{"private": true}')
        npm(["install", "--ignore-scripts", *PACKAGES], work)
        (work / "run.js").write_text(SCRIPT)
        picture().tofile(work / "input.bin")
        import subprocess

        node = npm_command()[0]
        subprocess.run([node, "run.js", str(weights), "input.bin", str(SIDE)], cwd=work, check=True)
        outputs = json.loads((work / "input.bin.out").read_text())
    kept = []
    for output in outputs:
        values = np.array(output["values"], np.float64)
        at = [*places(len(values)), int(values.argmax())]
        kept.append({"shape": output["shape"], "mean": round(float(values.mean()), 6), "at": at})
        kept[-1]["values"] = [float(f"{values[i]:.6g}") for i in at]
    text = json.dumps({"made_by": f"TensorFlow.js {TFJS}, cpu backend", "outputs": kept})
    (HERE / "nanodet_reference.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

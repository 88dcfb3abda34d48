#!/usr/bin/env python3
"""farfield beside fmm2d (the fmm2dpy wheel): the same points, one thread each, in one run.

    python3 benches/peers/compare.py [N] [--clouds uniform,gaussian,spiral] [--tolerances 1e-3,1e-6,1e-9,1e-12]

Needs Python 3.9 to 3.11 and Rust. See README.md beside this file.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENT = HERE / ".venv"
# The wheel was built for numpy 1.
PACKAGES = ["numpy<2", "fmm2dpy==0.0.5"]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
TARGETS = 1000
# Smallest tolerance that farfield takes in f64.
FLOOR = 1e-14


def enter_environment():
    """Goes on in an own virtual environment, which is made on the first run."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if Path(sys.prefix) == ENVIRONMENT:
        return
    if not (3, 9) <= sys.version_info[:2] <= (3, 11):
        sys.exit(f"error: Python {sys.version.split()[0]} (allowed: 3.9 to 3.11, for which there are fmm2dpy wheels)")
    if not (ENVIRONMENT / "ready").exists():
        print(f"making {ENVIRONMENT.relative_to(ROOT)} with {', '.join(PACKAGES)}", flush=True)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (ENVIRONMENT / "ready").touch()
    os.environ.update(ONE_THREAD)
    code = subprocess.run([python, __file__, *sys.argv[1:]]).returncode
    sys.exit(code)


def cloud(name, n, rng):
    """Positions (n, 2)."""
    import numpy as np

    if name == "uniform":
        return rng.random((n, 2))
    if name == "gaussian":
        return rng.standard_normal((n, 2))
    along = rng.random(n)
    angle = 6 * np.pi * along
    spiral = np.column_stack((along * np.cos(angle), along * np.sin(angle)))
    return spiral + 0.01 * rng.standard_normal((n, 2))


def direct(positions, strengths, sample):
    """Σ w/(z_i − z_j) over z_j ≠ z_i at the sampled i, in pieces that stay in the cache."""
    import numpy as np

    total = np.zeros(len(sample), dtype=complex)
    for start in range(0, len(positions), 8192):
        piece = slice(start, start + 8192)
        for first in range(0, len(sample), 16):
            targets = positions[sample[first : first + 16]]
            x = targets[:, :1] - positions[piece, 0]
            y = targets[:, 1:] - positions[piece, 1]
            r2 = x * x + y * y
            r2[r2 == 0] = np.inf
            q = strengths[piece] / r2
            total[first : first + 16] += (x * q).sum(axis=1) - 1j * (y * q).sum(axis=1)
    return total


def relative_error(found, exact):
    import numpy as np

    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


def run_peer(positions, strengths, tolerance, repeat):
    """Σ w/(z_i − z_j) at every point, and the fastest seconds of whole calls.

    Asked for as the gradient of charges, which takes it 5–10 % less than the potential of dipoles.
    """
    import fmm2dpy
    import numpy as np

    sources = np.asfortranarray(positions.T)
    charges = strengths.astype(complex)
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        out = fmm2dpy.cfmm2d(eps=tolerance, sources=sources, charges=charges, pg=2)
        seconds.append(time.perf_counter() - start)
    return out.grad, min(seconds)


class Farfield:
    """The release binary on arrays in a folder."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder

    def points(self, positions, strengths):
        import numpy as np

        np.save(self.folder / "x.npy", positions)
        np.save(self.folder / "w.npy", strengths)

    def run(self, tolerance, repeat):
        """Σ w/(z_i − z_j) at every point, and the seconds of a plan and the fastest evaluation."""
        import numpy as np

        report = self.folder / "report.json"
        output = self.folder / "u.npy"
        command = [self.binary, "eval", "--kernel", "biot-savart", "--tolerance", repr(tolerance)]
        command += ["--sources", self.folder / "x.npy", "--strengths", self.folder / "w.npy"]
        command += ["--output", output, "--report", report, "--repeat", str(repeat)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = json.loads(report.read_text())["seconds"]
        u = np.load(output)
        # (u₁, u₂) = (−y, x)/(2πr²) and 1/z = (x − iy)/r²
        return 2 * np.pi * (u[:, 1] + 1j * u[:, 0]), seconds["plan"] + min(seconds["evaluate"])


def at_equal_error(farfield, wanted, start, sample, exact, repeat):
    """Goes down from the tolerance `start` until the achieved error is at most `wanted`: tolerance, error, seconds."""
    tolerance = min(max(start, FLOOR), 0.1)
    while relative_error(farfield.run(tolerance, 1)[0][sample], exact) > wanted and tolerance > FLOOR:
        tolerance = max(tolerance / 1.4, FLOOR)
    found, seconds = farfield.run(tolerance, repeat)
    return tolerance, relative_error(found[sample], exact), seconds


def compare(name, n, tolerances, repeat, farfield):
    import numpy as np

    rng = np.random.default_rng(2026)
    positions, strengths = cloud(name, n, rng), rng.uniform(-1, 1, n)
    sample = np.sort(rng.choice(n, min(TARGETS, n), replace=False))
    exact = direct(positions, strengths, sample)
    farfield.points(positions, strengths)
    for tolerance in tolerances:
        found, peer_seconds = run_peer(positions, strengths, tolerance, repeat)
        peer_error = relative_error(found[sample], exact)
        row("fmm2d", name, tolerance, peer_error, peer_seconds)
        found, seconds = farfield.run(tolerance, repeat)
        error = relative_error(found[sample], exact)
        row("farfield, same tolerance", name, tolerance, error, seconds, peer_seconds)
        # Twice what the row above suggests, as the error does not fall evenly.
        start = 2 * peer_error * tolerance / error
        asked, error, seconds = at_equal_error(farfield, peer_error, start, sample, exact, repeat)
        label = "farfield, same error" if error <= peer_error else "farfield, least error"
        row(label, name, asked, error, seconds, peer_seconds)


def row(who, name, asked, achieved, seconds, peer_seconds=None):
    ratio = "" if peer_seconds is None else f"{peer_seconds / seconds:7.1f} ×"
    print(f"{name:<10}{who:<26}{asked:>9.1e}{achieved:>11.1e}{seconds:>10.3f}{ratio:>12}", flush=True)


def build():
    """The release binary of this checkout."""
    subprocess.run(["cargo", "build", "--release", "--package", "farfield-cli"], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    return ROOT / target / "release" / ("farfield.exe" if os.name == "nt" else "farfield")


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines() if os.path.exists("/proc/cpuinfo") else ():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown processor"


def arguments():
    parser = argparse.ArgumentParser(description="farfield beside fmm2d, one thread each")
    parser.add_argument("n", nargs="?", type=int, default=1_000_000, help="number of points [1000000]")
    parser.add_argument("--clouds", default="uniform,gaussian,spiral")
    parser.add_argument("--tolerances", default="1e-3,1e-6,1e-9,1e-12")
    parser.add_argument("--repeat", type=int, default=3, help="the fastest of so many runs counts [3]")
    parser.add_argument("--farfield", type=Path, help="a binary [default: built from this checkout]")
    return parser.parse_args()


def main():
    options = arguments()
    enter_environment()
    binary = options.farfield.resolve() if options.farfield else build()
    print(f"{options.n} points, one thread, {time.strftime('%Y-%m-%d')}, {processor()}")
    print("error: relative ℓ2 against the direct sum at 1,000 targets; seconds: tree, lists and evaluation,")
    print(f"fastest of {options.repeat}; last column: seconds of fmm2d in the same row group over those of the row\n")
    print(f"{'cloud':<10}{'':<26}{'asked':>9}{'achieved':>11}{'seconds':>10}{'faster':>12}")
    with tempfile.TemporaryDirectory() as folder:
        farfield = Farfield(binary, Path(folder))
        for name in options.clouds.split(","):
            compare(name, options.n, map(float, options.tolerances.split(",")), options.repeat, farfield)


if __name__ == "__main__":
    main()

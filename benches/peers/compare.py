#!/usr/bin/env python3
"""farfield beside fmm2d or FMM3D (the wheels): the same points, one thread each, in one run.

    python3 benches/peers/compare.py [N] [--dimension 3] [--clouds uniform,gaussian] [--tolerances 1e-3,1e-6,1e-9,1e-12]

Needs Python 3.9 to 3.11 and Rust. See README.md beside this file.
"""

import argparse
import importlib
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
# The wheels were built for numpy 1.
PACKAGES = ["numpy<2", "fmm2dpy==0.0.5", "fmm3dpy==2.1.0"]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
TARGETS = 1000
# Smallest tolerance that farfield takes in f64.
FLOOR = 1e-14


def enter_environment():
    """Goes on in an own virtual environment, which is made on the first run."""
    # For the peers, which read it when they are imported, and for farfield's processes.
    os.environ.update(ONE_THREAD)
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if Path(sys.prefix) == ENVIRONMENT:
        return
    if not (3, 9) <= sys.version_info[:2] <= (3, 11):
        sys.exit(f"error: Python {sys.version.split()[0]} (allowed: 3.9 to 3.11, for which there are wheels)")
    ready, packages = ENVIRONMENT / "ready", " ".join(PACKAGES)
    if not ready.exists() or ready.read_text() != packages:
        print(f"making {ENVIRONMENT.relative_to(ROOT)} with {packages}", flush=True)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        ready.write_text(packages)
    code = subprocess.run([python, __file__, *sys.argv[1:]]).returncode
    sys.exit(code)


def direct(problem, positions, strengths, sample):
    """The sum at the sampled points, in pieces that stay in the cache."""
    import numpy as np

    total = np.zeros((len(sample), problem.DIMENSION))
    for start in range(0, len(positions), 8192):
        piece = slice(start, start + 8192)
        for first in range(0, len(sample), 16):
            targets = positions[sample[first : first + 16]]
            z = [targets[:, a : a + 1] - positions[piece, a] for a in range(problem.DIMENSION)]
            r2 = sum(x * x for x in z)
            r2[r2 == 0] = np.inf
            total[first : first + 16] += problem.pairs(z, r2, strengths[piece])
    return total


def relative_error(found, exact):
    import numpy as np

    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


def run_peer(problem, positions, strengths, tolerance, repeat):
    """The sum at every point, and the fastest seconds of whole calls."""
    runs = [problem.peer(positions, strengths, tolerance) for _ in range(repeat)]
    return runs[-1][0], min(seconds for _, seconds in runs)


class Farfield:
    """The release binary on arrays in a folder."""

    def __init__(self, binary, folder, problem):
        self.binary, self.folder, self.problem = binary, folder, problem

    def points(self, positions, strengths):
        import numpy as np

        np.save(self.folder / "x.npy", positions)
        np.save(self.folder / "w.npy", strengths)

    def run(self, tolerance, repeat):
        """The sum at every point, and the seconds of the fastest plan and the fastest evaluation of `repeat` processes."""
        import numpy as np

        report = self.folder / "report.json"
        output = self.folder / "u.npz"
        command = [self.binary, "eval", "--kernel", self.problem.KERNEL, "--tolerance", repr(tolerance)]
        command += ["--sources", self.folder / "x.npy", "--strengths", self.folder / "w.npy"]
        command += ["--outputs", self.problem.OUTPUTS, "--output", output]
        command += ["--report", report, "--repeat", str(repeat)]
        plans, evaluations = [], []
        for _ in range(repeat):
            output.unlink(missing_ok=True)
            report.unlink(missing_ok=True)
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds = json.loads(report.read_text())["seconds"]
            plans.append(seconds["plan"])
            evaluations += seconds["evaluate"]
        found = self.problem.from_farfield(np.load(output))
        return found, min(plans) + min(evaluations)


def at_equal_error(farfield, wanted, start, most, sample, exact, repeat):
    """The loosest tolerance up to `most`, by factors of 1.4 from `start` on, whose achieved error is at most `wanted`:
    tolerance, error, seconds."""

    def good(tolerance):
        return relative_error(farfield.run(tolerance, 1)[0][sample], exact) <= wanted

    tolerance = min(max(start, FLOOR), most)
    if good(tolerance):
        while tolerance < most and good(min(1.4 * tolerance, most)):
            tolerance = min(1.4 * tolerance, most)
    else:
        while tolerance > FLOOR and not good(tolerance := max(tolerance / 1.4, FLOOR)):
            pass
    found, seconds = farfield.run(tolerance, repeat)
    return tolerance, relative_error(found[sample], exact), seconds


def compare(problem, name, n, tolerances, repeat, farfield):
    import numpy as np

    rng = np.random.default_rng(2026)
    positions, strengths = problem.cloud(name, n, rng), rng.uniform(-1, 1, n)
    sample = np.sort(rng.choice(n, min(TARGETS, n), replace=False))
    exact = direct(problem, positions, strengths, sample)
    farfield.points(positions, strengths)
    for tolerance in tolerances:
        found, peer_seconds = run_peer(problem, positions, strengths, tolerance, repeat)
        peer_error = relative_error(found[sample], exact)
        row(problem.PEER, name, tolerance, peer_error, peer_seconds)
        found, seconds = farfield.run(tolerance, repeat)
        error = relative_error(found[sample], exact)
        row("farfield, same tolerance", name, tolerance, error, seconds, peer_seconds)
        start, most = peer_error * tolerance / error, 0.1
        asked, error, seconds = at_equal_error(farfield, peer_error, start, most, sample, exact, repeat)
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
    parser = argparse.ArgumentParser(description="farfield beside fmm2d or FMM3D, one thread each")
    parser.add_argument("n", nargs="?", type=int, default=1_000_000, help="number of points [1000000]")
    parser.add_argument("--dimension", type=int, choices=[2, 3], default=2)
    parser.add_argument("--clouds", help="[uniform,gaussian,spiral; in space uniform,gaussian,sphere]")
    parser.add_argument("--tolerances", default="1e-3,1e-6,1e-9,1e-12")
    parser.add_argument("--repeat", type=int, default=3, help="the fastest of so many runs counts [3]")
    parser.add_argument("--farfield", type=Path, help="a binary [default: built from this checkout]")
    return parser.parse_args()


def main():
    options = arguments()
    enter_environment()
    problem = importlib.import_module("plane" if options.dimension == 2 else "space")
    binary = options.farfield.resolve() if options.farfield else build()
    print(f"{options.n} points, one thread, {time.strftime('%Y-%m-%d')}, {processor()}")
    print("error: relative ℓ2 against the direct sum at 1,000 targets; seconds: tree, lists and evaluation,")
    print(f"fastest of {options.repeat}; last column: seconds of the peer in the same row group over those of the row\n")
    print(f"{'cloud':<10}{'':<26}{'asked':>9}{'achieved':>11}{'seconds':>10}{'faster':>12}")
    with tempfile.TemporaryDirectory() as folder:
        farfield = Farfield(binary, Path(folder), problem)
        for name in (options.clouds or problem.CLOUDS).split(","):
            tolerances = map(float, options.tolerances.split(","))
            compare(problem, name, options.n, tolerances, options.repeat, farfield)


if __name__ == "__main__":
    main()

"""Space: Σ q_j z/r³ with z = x_i − x_j over x_j ≠ x_i, and the potential Σ q_j/r beside it, by FMM3D and by farfield."""

import time

import numpy as np

DIMENSION = 3
PEER = "FMM3D"
CLOUDS = "uniform,gaussian,sphere"
KERNEL = "coulomb"
OUTPUTS = "field,potential"


def cloud(name, n, rng):
    """Positions (n, 3)."""
    if name == "uniform":
        return rng.random((n, 3))
    normal = rng.standard_normal((n, 3))
    if name == "gaussian":
        return normal
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


def pairs(z, r2, strengths):
    """What sources give to targets: z by axis and r² as (targets, sources)."""
    q = strengths / (r2 * np.sqrt(r2))
    return np.stack([(x * q).sum(axis=1) for x in z], axis=1)


def peer(positions, strengths, tolerance):
    """The sum at every point as (n, 3), and the seconds of the whole call, which gives the potential too.

    Its potential is Σ q/(4πr).
    """
    import fmm3dpy

    sources = np.asfortranarray(positions.T)
    start = time.perf_counter()
    out = fmm3dpy.lfmm3d(eps=tolerance, sources=sources, charges=strengths, pg=2)
    seconds = time.perf_counter() - start
    return -4 * np.pi * out.grad.T, seconds


def from_farfield(output):
    """The sum from the field z/(4πr³)."""
    return 4 * np.pi * output["field"]

"""The plane: Σ w_j/(z_i − z_j) over z_j ≠ z_i, by fmm2d and by farfield."""

import time

import numpy as np

DIMENSION = 2
PEER = "fmm2d"
CLOUDS = "uniform,gaussian,spiral"
KERNEL = "biot-savart"
OUTPUTS = "field"


def cloud(name, n, rng):
    """Positions (n, 2)."""
    if name == "uniform":
        return rng.random((n, 2))
    if name == "gaussian":
        return rng.standard_normal((n, 2))
    along = rng.random(n)
    angle = 6 * np.pi * along
    spiral = np.column_stack((along * np.cos(angle), along * np.sin(angle)))
    return spiral + 0.01 * rng.standard_normal((n, 2))


def pairs(z, r2, strengths):
    """What sources give to targets: z by axis and r² as (targets, sources)."""
    q = strengths / r2
    return np.stack(((z[0] * q).sum(axis=1), -(z[1] * q).sum(axis=1)), axis=1)


def peer(positions, strengths, tolerance):
    """The sum at every point as (n, 2), and the seconds of the whole call.

    Asked for as the gradient of charges, which takes it 5–10 % less than the potential of dipoles.
    """
    import fmm2dpy

    sources, charges = np.asfortranarray(positions.T), strengths.astype(complex)
    start = time.perf_counter()
    out = fmm2dpy.cfmm2d(eps=tolerance, sources=sources, charges=charges, pg=2)
    seconds = time.perf_counter() - start
    return np.stack((out.grad.real, out.grad.imag), axis=1), seconds


def from_farfield(output):
    """The sum from the field: (u₁, u₂) = (−y, x)/(2πr²) and 1/z = (x − iy)/r²."""
    u = output["field"]
    return 2 * np.pi * np.stack((u[:, 1], u[:, 0]), axis=1)


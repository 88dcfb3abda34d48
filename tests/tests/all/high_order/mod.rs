//! Gaussian cores of order 4 and 6: their formulas from their blobs, the order that the blobs give, accuracy, refusals.

/// Errors of plans: widths, precisions, tables, gradients, targets apart, the torus.
mod accuracy;
/// One pair from its blob, moments, and the order of convergence.
mod formula;

use crate::refusals::refused;
use farfield::{
    BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, HighOrderGaussianCore, Kernel, Kernel2d,
    Kernel3d, Options, Plan, VectorKernel3d, direct,
};

const ORDERS: [u32; 2] = [4, 6];

fn core<K>(kernel: K, delta: f64, order: u32) -> HighOrderGaussianCore<K> {
    HighOrderGaussianCore {
        kernel,
        delta,
        order,
    }
}

/// In the plane and in space, the same parameters.
#[test]
fn what_cannot_be_is_refused() {
    let (planar, spatial) = ([[0.0, 1.0], [0.5, 0.5]], [[0.0; 3], [1.0; 3]]);
    let options = || Options::tolerance(1e-6);
    for order in [0, 2, 3, 5, 8, u32::MAX] {
        let says = ["kernel: order", &order.to_string(), "4 or 6"];
        refused(
            Plan::new(&planar, core(Coulomb2d, 1.0, order), options()),
            &says,
        );
        refused(
            Plan::new(&spatial, core(BiotSavart3d, 1.0, order), options()),
            &says,
        );
        refused(
            direct::field(&planar, &planar, &[1.0; 2], core(Coulomb2d, 1.0, order)),
            &says,
        );
    }
    for delta in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let says = ["kernel: delta", "above 0"];
        refused(
            Plan::new(&planar, core(BiotSavart2d, delta, 4), options()),
            &says,
        );
        refused(
            Plan::new(&spatial, core(Coulomb3d, delta, 6), options()),
            &says,
        );
    }
    for (core, says) in [
        (
            "gaussian5,delta=1",
            [
                "core",
                "'gaussian5'",
                "gaussian, gaussian4, gaussian6, algebraic",
            ],
        ),
        (
            "gaussian4",
            ["delta", "none", "core=gaussian4,delta=NUMBER"],
        ),
        ("gaussian6,delta=-1", ["delta", "-1", "above 0"]),
    ] {
        let name = |kernel: &str| format!("{kernel}:core={core}");
        refused(name("coulomb").parse::<Kernel2d>(), &says);
        refused(name("coulomb").parse::<Kernel3d>(), &says);
        refused(name("biot-savart").parse::<VectorKernel3d>(), &says);
    }
}

#[test]
fn names() {
    for name in [
        "biot-savart:core=gaussian4,delta=0.25",
        "coulomb:core=gaussian6,delta=3",
    ] {
        assert_eq!(name.parse::<Kernel2d>().unwrap().name(), name);
    }
    let name = "coulomb:core=gaussian4,delta=0.5";
    assert_eq!(name.parse::<Kernel3d>().unwrap().name(), name);
    let name = "biot-savart:core=gaussian6,delta=0.5";
    let kernel: VectorKernel3d = name.parse().unwrap();
    assert_eq!(
        kernel,
        VectorKernel3d::BiotSavartHighOrder(core(BiotSavart3d, 0.5, 6))
    );
    assert_eq!(kernel.name(), name);
}

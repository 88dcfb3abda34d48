//! Algebraic cores on the torus.

mod accuracy;
mod exact;

use super::*;

fn core<K>(kernel: K, delta: f64) -> AlgebraicCore<K> {
    AlgebraicCore { kernel, delta }
}

#[test]
fn what_cannot_be_is_refused() {
    let (plane, space) = (even::<2>(100, 1.0), even::<3>(100, 1.0));
    let of_plane = |delta, options: Options| {
        Plan::new(&plane, core(Coulomb2d, delta), options.torus(&[1.0; 2])).map(|_| ())
    };
    let of_space = |delta, tolerance| {
        let options = Options::tolerance(tolerance).torus(&[1.0; 3]);
        Plan::new(&space, core(Coulomb3d, delta), options).map(|_| ())
    };
    let options = || Options::tolerance(1e-6);
    assert!(of_plane(100.0, options()).is_ok());
    assert!(of_plane(0.1, options().wide_cores(true)).is_ok());
    let nothing = ["kernel", "101", "at most 1e2", "side 1e0"];
    refused(of_plane(101.0, options()), &nothing);
    refused(of_space(101.0, 1e-3), &nothing);
    let sum = direct::on_torus(
        &plane,
        &plane,
        &[&[1.0; 100]],
        core(Coulomb2d, 101.0),
        &[1.0; 2],
        Outputs::FIELD,
        None,
    );
    refused(sum, &nothing);
    refused(
        of_space(0.1, 3e-7),
        &["tolerance", "3e-7", "1e-6", "on a torus"],
    );
    refused(
        of_plane(0.1, Options::tolerance(3e-11)),
        &["tolerance", "3e-11", "1e-10"],
    );
    for delta in [0.1, 1.0] {
        refused(
            of_plane(delta, options().guarantee(Guarantee::Pointwise)),
            &["guarantee", "pointwise"],
        );
    }
}

//! The README's table of kernels says what plans do, and the direct sum where there are none: each entry is tried.

use crate::radial::Phi;
use farfield::direct::any_dimension::evaluate;
use farfield::{
    AlgebraicCore, BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, GaussianCore, Guarantee,
    HighOrderGaussianCore, Kernel, KernelNd, Options, Outputs, Plan, RadialKernel, Real, Riesz,
    Strength,
};

/// Whether 3000 points can be summed so.
fn can<T: Real, K: Kernel<D>, const D: usize>(
    kernel: &K,
    options: Options,
    wanted: Outputs,
) -> bool {
    let points: Vec<[T; D]> = (0..3000)
        .map(|i| std::array::from_fn(|a| T::from_f64((i as f64 * (0.7 + 0.31 * a as f64)).sin())))
        .collect();
    let mut w = vec![K::Strength::<T>::ZERO; points.len()];
    for w in &mut w {
        w.components_mut()[0] = T::ONE;
    }
    let options = options.outputs(wanted).leaf_capacity(100);
    let plan = Plan::new(&points, kernel.clone(), options);
    plan.is_ok_and(|plan| plan.evaluate(&[&w], wanted).is_ok())
}

/// One line of the table.
fn row<K: Kernel<D>, const D: usize>(kernel: K) -> String {
    let mark = |yes: bool| if yes { "yes" } else { "no" };
    let options = || Options::tolerance(1e-5);
    let double = |wanted| mark(can::<f64, K, D>(&kernel, options(), wanted));
    let pointwise = options().guarantee(Guarantee::Pointwise);
    let on_torus = options().torus(&[2.0; D]);
    let least = Plan::<f64, K, D>::least_tolerance(&kernel, &Options::tolerance(0.1)).unwrap();
    // In space the matrices of the least tolerances take long, and are tried elsewhere.
    assert!(D == 3 || can::<f64, K, D>(&kernel, Options::tolerance(least), Outputs::FIELD));
    format!(
        "| `{}` | {D} | {} | {} | {} | {} | {} | {} | {} | {least:.0e} |",
        kernel.name(),
        if K::Strength::<f64>::COMPONENTS == 1 {
            "numbers"
        } else {
            "vectors"
        },
        double(Outputs::FIELD),
        double(Outputs::POTENTIAL),
        double(Outputs::GRADIENT),
        mark(can::<f32, K, D>(&kernel, options(), Outputs::FIELD)),
        mark(can::<f64, K, D>(&kernel, pointwise, Outputs::FIELD)),
        mark(can::<f64, K, D>(&kernel, on_torus, Outputs::FIELD)),
    )
}

/// One line of the direct sum, which is tried in some dimensions.
fn row_of_others(kernel: KernelNd) -> String {
    fn can<T: Real>(kernel: &KernelNd, wanted: Outputs) -> &'static str {
        let sum = |d: usize| {
            let points: Vec<T> = (0..40 * d).map(|i| T::from_f64((i as f64).sin())).collect();
            evaluate(d, &points, &points, &[&[T::ONE; 40]], kernel, wanted, None)
        };
        if [1, 4, 5, 11].into_iter().all(|d| sum(d).is_ok()) {
            "yes"
        } else {
            "no"
        }
    }
    format!(
        "| `{}` | other | numbers | {} | {} | {} | {} | no | no | direct sum |",
        kernel.name(),
        can::<f64>(&kernel, Outputs::FIELD),
        can::<f64>(&kernel, Outputs::POTENTIAL),
        can::<f64>(&kernel, Outputs::GRADIENT),
        can::<f32>(&kernel, Outputs::FIELD),
    )
}

#[test]
fn the_table_of_kernels_is_true() {
    let delta = 0.01;
    let radial = || RadialKernel::new(&Phi(|r: f64| 1.0 / (r * r + 0.01))).unwrap();
    let kernel = BiotSavart2d;
    let table = [
        "| kernel | dimension | strengths | field | potential | gradient | f32 | pointwise | torus | least tolerance |".into(),
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |".into(),
        row(kernel),
        row(GaussianCore { kernel, delta }),
        row(HighOrderGaussianCore { kernel, delta, order: 4 }),
        row(HighOrderGaussianCore { kernel, delta, order: 6 }),
        row::<_, 2>(AlgebraicCore { kernel, delta }),
        row(Coulomb2d),
        row(GaussianCore { kernel: Coulomb2d, delta }),
        row(HighOrderGaussianCore { kernel: Coulomb2d, delta, order: 4 }),
        row(HighOrderGaussianCore { kernel: Coulomb2d, delta, order: 6 }),
        row::<_, 2>(AlgebraicCore { kernel: Coulomb2d, delta }),
        row::<_, 2>(Riesz { s: 0.5 }),
        row::<_, 2>(radial()),
        row(BiotSavart3d),
        row(GaussianCore { kernel: BiotSavart3d, delta }),
        row(HighOrderGaussianCore { kernel: BiotSavart3d, delta, order: 4 }),
        row(HighOrderGaussianCore { kernel: BiotSavart3d, delta, order: 6 }),
        row(AlgebraicCore { kernel: BiotSavart3d, delta }),
        row(Coulomb3d),
        row(GaussianCore { kernel: Coulomb3d, delta }),
        row(HighOrderGaussianCore { kernel: Coulomb3d, delta, order: 4 }),
        row(HighOrderGaussianCore { kernel: Coulomb3d, delta, order: 6 }),
        row(AlgebraicCore { kernel: Coulomb3d, delta }),
        row::<_, 3>(Riesz { s: 0.5 }),
        row::<_, 3>(Riesz { s: 2.5 }),
        row::<_, 3>(radial()),
        row_of_others(KernelNd::Coulomb),
        row_of_others(KernelNd::Riesz(Riesz { s: 0.5 })),
        row_of_others(KernelNd::Radial(radial())),
    ];
    let readme = include_str!("../../../README.md");
    let table: String = table.join("\n");
    assert!(
        readme.contains(&table),
        "the README should have this table:\n{table}\n"
    );
}

//! The same bytes whatever the threads.

use super::cloud::Shape;
use crate::cloud::{Signs, rounded};
use farfield::{Coulomb3d, Options, Outputs, Plan, Real};
use rayon::ThreadPoolBuilder;
use std::sync::Arc;

/// Every bit of the sums before and after a move, f32 widened.
fn bits<T: Real>(shape: Shape, tolerance: f64, threads: usize) -> Vec<u64> {
    let pool = Arc::new(
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap(),
    );
    let n = 20_000;
    let [first, second] = [101, 102].map(|seed| rounded::<T, 3>(&shape.points(n, seed)));
    let w: Vec<T> = Signs::Random
        .strengths(n, 101)
        .into_iter()
        .map(T::from_f64)
        .collect();
    let mut plan = Plan::new(&first, Coulomb3d, Options::tolerance(tolerance).pool(pool)).unwrap();
    let evaluate = |plan: &Plan<T, Coulomb3d, 3>| {
        let sums = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
        let numbers = sums.field.as_flattened().iter().chain(&sums.potential);
        numbers.map(|x| x.to_f64().to_bits()).collect::<Vec<_>>()
    };
    let before = evaluate(&plan);
    plan.move_to(&second).unwrap();
    [before, evaluate(&plan)].concat()
}

#[test]
fn any_number_of_threads() {
    for shape in [Shape::Uniform, Shape::Plummer] {
        let one = (bits::<f64>(shape, 1e-7, 1), bits::<f32>(shape, 1e-4, 1));
        for threads in [2, 5] {
            let more = (
                bits::<f64>(shape, 1e-7, threads),
                bits::<f32>(shape, 1e-4, threads),
            );
            assert!(more == one, "{shape:?}, {threads} threads");
        }
    }
}

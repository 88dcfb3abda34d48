use crate::harness::{
    Number, Operation, Random, largest_error, operation, outputs_of_one, special,
};
use farfield_lanes::{Chosen, accuracy};

operation!(Ln0, |a| a.ln::<{ accuracy::COARSE }>());
operation!(HalfLn0, |a| a.half_ln::<{ accuracy::COARSE }>());
operation!(HalfLn1, |a| a.half_ln::<{ accuracy::SINGLE }>());
operation!(HalfLn2, |a| a.half_ln::<{ accuracy::MIDDLE }>());
operation!(HalfLn3, |a| a.half_ln::<{ accuracy::FULL }>());
operation!(Ln1, |a| a.ln::<{ accuracy::SINGLE }>());
operation!(Ln2, |a| a.ln::<{ accuracy::MIDDLE }>());
operation!(Ln3, |a| a.ln::<{ accuracy::FULL }>());
operation!(Exp1, |a| a.exp::<{ accuracy::SINGLE }>());
operation!(Exp2, |a| a.exp::<{ accuracy::MIDDLE }>());
operation!(Exp3, |a| a.exp::<{ accuracy::FULL }>());

fn within<O: Operation, T: Number>(x: &[T], double: f64, expected: impl Fn(f64) -> (f64, f64)) {
    within_either::<O, T>(x, double, 2.4e-7, expected);
}

fn within_either<O: Operation, T: Number>(
    x: &[T],
    double: f64,
    single: f64,
    expected: impl Fn(f64) -> (f64, f64),
) {
    let bound = if T::NAME == "f32" { single } else { double };
    for set in Chosen::all() {
        let got = outputs_of_one::<O, T>(set, x);
        let error = largest_error(x, &got, &expected);
        let name = std::any::type_name::<O>();
        assert!(
            error <= bound,
            "{name} {} {}: {error:e}",
            set.set(),
            T::NAME
        );
    }
}

fn logarithms<T: Number>() {
    let mut random = Random(7);
    let mut x = random.positive::<T>(100_000);
    x.extend(random.between::<T>(100_000, 0.4, 2.5));
    x.extend([
        T::MIN_POSITIVE,
        T::ONE.next_down(),
        T::ONE,
        T::ONE.next_up(),
        T::MAX,
    ]);
    // Both sides of every edge of the table and of √2.
    for edge in (0..=16)
        .map(|k| 1.0 + f64::from(k) / 16.0)
        .chain([2_f64.sqrt()])
    {
        let edge = T::from_f64(edge);
        x.extend([edge.next_down(), edge, edge.next_up()]);
    }
    let expected = |x: f64| (x.ln(), x.ln().abs().max(1.0));
    let half = |x: f64| (0.5 * x.ln(), x.ln().abs().max(1.0));
    within::<Ln0, T>(&x, 3.3e-10, expected);
    within_either::<HalfLn0, T>(&x, 1.7e-10, 1.6e-7, half);
    within::<HalfLn1, T>(&x, 1.7e-10, half);
    within::<HalfLn2, T>(&x, 2.7e-14, half);
    within::<HalfLn3, T>(&x, 2.2e-16, half);
    within::<Ln1, T>(&x, 3.3e-10, expected);
    within::<Ln2, T>(&x, 5.4e-14, expected);
    within::<Ln3, T>(&x, 4.4e-16, expected);
}

/// ln of the smallest normal number and of half the largest, rounded inwards.
fn exponents<T: Number>() -> (f64, f64) {
    if T::NAME == "f32" {
        (-87.33654, 88.029_69)
    } else {
        (-708.396_418_532_264, 709.089_565)
    }
}

fn exponentials<T: Number>() {
    let (lowest, highest) = exponents::<T>();
    let mut random = Random(8);
    let mut x = random.between::<T>(100_000, lowest, highest);
    x.extend(random.between::<T>(100_000, -1.0, 1.0));
    x.extend([lowest, highest].map(T::from_f64));
    x.extend(
        special::<T>()
            .into_iter()
            .filter(|x| x.abs() < T::from_f64(4.0)),
    );
    let expected = |x: f64| (x.exp(), x.exp());
    within::<Exp1, T>(&x, 2.1e-9, expected);
    within::<Exp2, T>(&x, 5e-14, expected);
    within::<Exp3, T>(&x, 4.4e-16, expected);
    below_the_lowest::<Exp1, T>();
    below_the_lowest::<Exp2, T>();
    below_the_lowest::<Exp3, T>();
}

fn below_the_lowest<O: Operation, T: Number>() {
    let just_below = T::from_f64(T::MIN_POSITIVE.to_f64().ln()).next_down();
    let mut x = vec![just_below, T::from_f64(-1000.0), -T::MAX, -T::INFINITY];
    x.extend(Random(9).between::<T>(1000, -1e4, -709.0));
    x.extend(Random(9).between::<T>(1000, -1e10, -1e4));
    for set in Chosen::all() {
        assert!(
            outputs_of_one::<O, T>(set, &x)
                .iter()
                .all(|&y| y == T::ZERO)
        );
        let payload = T::from_random_bits(T::NAN.bits() + 1);
        let nan = outputs_of_one::<O, T>(set, &[T::NAN, payload, -T::NAN]);
        assert!(nan.iter().all(|y| y.is_nan()), "{}", set.set());
    }
}

#[test]
fn logarithms_are_within_the_bounds() {
    logarithms::<f64>();
    logarithms::<f32>();
}

#[test]
fn exponentials_are_within_the_bounds() {
    exponentials::<f64>();
    exponentials::<f32>();
}

use crate::harness::{
    Number, Operation, Random, largest_error, operation, outputs_of_one, special,
};
use farfield_lanes::{Chosen, accuracy};

const COARSE: usize = accuracy::COARSE;
const SINGLE: usize = accuracy::SINGLE;
const MIDDLE: usize = accuracy::MIDDLE;
const FULL: usize = accuracy::FULL;

operation!(Recip0, |a| a.recip::<COARSE>());
operation!(RecipZero0, |a| a.recip0::<COARSE>());
operation!(Rsqrt0, |a| a.rsqrt::<COARSE>());
operation!(Recip1, |a| a.recip::<SINGLE>());
operation!(Recip2, |a| a.recip::<MIDDLE>());
operation!(Recip3, |a| a.recip::<FULL>());
operation!(RecipZero1, |a| a.recip0::<SINGLE>());
operation!(RecipZero2, |a| a.recip0::<MIDDLE>());
operation!(RecipZero3, |a| a.recip0::<FULL>());
operation!(Rsqrt1, |a| a.rsqrt::<SINGLE>());
operation!(Rsqrt2, |a| a.rsqrt::<MIDDLE>());
operation!(Rsqrt3, |a| a.rsqrt::<FULL>());
operation!(RsqrtZero1, |a| a.rsqrt0::<SINGLE>());
operation!(RsqrtZero2, |a| a.rsqrt0::<MIDDLE>());
operation!(RsqrtZero3, |a| a.rsqrt0::<FULL>());
operation!(RsqrtCubed0, |a| a.rsqrt_cubed::<COARSE>());
operation!(RsqrtCubed1, |a| a.rsqrt_cubed::<SINGLE>());
operation!(RsqrtCubed2, |a| a.rsqrt_cubed::<MIDDLE>());
operation!(RsqrtCubed3, |a| a.rsqrt_cubed::<FULL>());

/// The bounds of f64 for COARSE, which tell its f32 from the others.
const OF_COARSE: f64 = 5.8e-9;

/// The same of `rsqrt_cubed`.
const OF_THE_CUBE: f64 = 3.0 * 5.7e-9;

/// The bound of f64, or that of f32.
fn bound<T: Number>(double: f64) -> f64 {
    match T::NAME {
        "f32" if double == OF_COARSE => 4e-7,
        "f32" => 2.4e-7,
        _ => double,
    }
}

fn within<O: Operation, T: Number>(x: &[T], double: f64, exact: fn(f64) -> f64) {
    for set in Chosen::all() {
        let got = outputs_of_one::<O, T>(set, x);
        let error = largest_error(x, &got, |x| (exact(x), exact(x)));
        let name = std::any::type_name::<O>();
        assert!(
            error <= bound::<T>(double),
            "{name} {} {}: {error:e}",
            set.set(),
            T::NAME
        );
    }
}

/// Positive normal numbers of all sizes, more between 1 and 4, where seeds repeat, and the edges.
fn positive<T: Number>() -> Vec<T> {
    let mut random = Random(5);
    let mut x = random.positive::<T>(100_000);
    x.extend(random.between::<T>(100_000, 1.0, 4.0));
    x.extend([
        T::MIN_POSITIVE,
        T::ONE,
        T::ONE.next_up(),
        T::ONE.next_down(),
        T::MAX,
    ]);
    x
}

fn recip_accuracy<T: Number>() {
    let largest = T::power_of_two(T::LARGEST_EXPONENT - 3);
    let mut x = positive::<T>();
    x.push(largest);
    x.retain(|&x| x <= largest);
    let negative: Vec<T> = x.iter().map(|&x| -x).collect();
    x.extend(negative);
    within::<Recip0, T>(&x, OF_COARSE, |x| 1.0 / x);
    within::<RecipZero0, T>(&x, OF_COARSE, |x| 1.0 / x);
    within::<Recip1, T>(&x, 3.8e-9, |x| 1.0 / x);
    within::<Recip2, T>(&x, 2.4e-13, |x| 1.0 / x);
    within::<Recip3, T>(&x, 4.4e-16, |x| 1.0 / x);
    within::<RecipZero1, T>(&x, 3.8e-9, |x| 1.0 / x);
    within::<RecipZero2, T>(&x, 2.4e-13, |x| 1.0 / x);
    within::<RecipZero3, T>(&x, 4.4e-16, |x| 1.0 / x);
}

fn rsqrt_accuracy<T: Number>() {
    let x = positive::<T>();
    let exact = |x: f64| 1.0 / x.sqrt();
    within::<Rsqrt0, T>(&x, OF_COARSE, exact);
    within::<Rsqrt1, T>(&x, 5.7e-9, exact);
    within::<Rsqrt2, T>(&x, 5.8e-13, exact);
    within::<Rsqrt3, T>(&x, 4.4e-16, exact);
    within::<RsqrtZero1, T>(&x, 5.7e-9, exact);
    within::<RsqrtZero2, T>(&x, 5.8e-13, exact);
    within::<RsqrtZero3, T>(&x, 4.4e-16, exact);
}

/// x^{−3/2} where it is a normal number.
fn rsqrt_cubed_accuracy<T: Number>() {
    let mut x = positive::<T>();
    let size = T::power_of_two(2 * T::LARGEST_EXPONENT / 3 - 1);
    x.retain(|&x| x <= size && x >= T::ONE / size);
    let exact = |x: f64| 1.0 / (x * x.sqrt());
    within::<RsqrtCubed0, T>(&x, OF_THE_CUBE, exact);
    within::<RsqrtCubed1, T>(&x, OF_THE_CUBE, exact);
    within::<RsqrtCubed2, T>(&x, 3.0 * 5.8e-13, exact);
    within::<RsqrtCubed3, T>(&x, 3.0 * 4.4e-16, exact);
}

/// Calls `check` with each input, the output, and the set's name.
fn each<O: Operation, T: Number>(x: &[T], check: impl Fn(T, T) -> bool) {
    for set in Chosen::all() {
        for (&x, got) in x.iter().zip(outputs_of_one::<O, T>(set, x)) {
            let name = std::any::type_name::<O>();
            assert!(
                check(x, got),
                "{name} of {x:e}: {got:e}, {} {}",
                set.set(),
                T::NAME
            );
        }
    }
}

/// Special values, and random ones that are subnormal or too large for an accurate reciprocal.
fn extremes<T: Number>() -> Vec<T> {
    let mut random = Random(6);
    let mut x = special::<T>();
    for _ in 0..2_000 {
        x.push(T::from_f64(random.uniform()) * T::MIN_POSITIVE);
        x.push(T::MAX * T::from_f64(0.2 + 0.8 * random.uniform()));
    }
    let negative: Vec<T> = x.iter().map(|&x| -x).collect();
    x.extend(negative);
    x
}

/// What the documentation says of `recip` outside its domain; true inside.
fn recip_is_as_documented<T: Number>(x: T, y: T) -> bool {
    let four = T::from_f64(4.0);
    if x.is_nan() {
        y.is_nan()
    } else if x.abs() == T::INFINITY {
        y.is_nan() || y == T::ZERO
    } else if x.is_subnormal_or_zero() {
        y.is_nan() || y.abs() >= T::ONE / T::MIN_POSITIVE
    } else if x.abs() > T::ONE / (four * T::MIN_POSITIVE) {
        y.abs() < four * T::MIN_POSITIVE
    } else {
        !y.is_nan()
    }
}

/// The same for `rsqrt`.
fn rsqrt_is_as_documented<T: Number>(x: T, y: T) -> bool {
    if x.is_subnormal_or_zero() {
        y.is_nan() || y.abs() >= T::ONE / T::MIN_POSITIVE.sqrt()
    } else if x.is_nan() || x < T::ZERO {
        y.is_nan()
    } else if x == T::INFINITY {
        y.is_nan() || y == T::ZERO
    } else {
        !y.is_nan()
    }
}

fn outside_the_domain<T: Number>() {
    let x = extremes::<T>();
    each::<Recip1, T>(&x, recip_is_as_documented);
    each::<Recip2, T>(&x, recip_is_as_documented);
    each::<Recip3, T>(&x, recip_is_as_documented);
    each::<Rsqrt1, T>(&x, rsqrt_is_as_documented);
    each::<Rsqrt2, T>(&x, rsqrt_is_as_documented);
    each::<Rsqrt3, T>(&x, rsqrt_is_as_documented);

    let recip0 = |x: T, y: T| match x.is_subnormal_or_zero() {
        true => y == T::ZERO,
        false => recip_is_as_documented(x, y),
    };
    each::<RecipZero1, T>(&x, recip0);
    each::<RecipZero2, T>(&x, recip0);
    each::<RecipZero3, T>(&x, recip0);
    let rsqrt0 = |x: T, y: T| match x.is_subnormal_or_zero() {
        true => y == T::ZERO,
        false => rsqrt_is_as_documented(x, y),
    };
    each::<RsqrtZero1, T>(&x, rsqrt0);
    each::<RsqrtZero2, T>(&x, rsqrt0);
    each::<RsqrtZero3, T>(&x, rsqrt0);
}

#[test]
fn reciprocals_are_within_the_bounds() {
    recip_accuracy::<f64>();
    recip_accuracy::<f32>();
}

#[test]
fn reciprocal_square_roots_are_within_the_bounds() {
    rsqrt_accuracy::<f64>();
    rsqrt_accuracy::<f32>();
}

#[test]
fn cubes_of_reciprocal_square_roots_are_within_the_bounds() {
    rsqrt_cubed_accuracy::<f64>();
    rsqrt_cubed_accuracy::<f32>();
    // Near pairs count on this: r² of a point and itself on a grid.
    each::<RsqrtCubed0, f32>(&[2f32.powi(120)], |_, y| y == 0.0);
}

#[test]
fn zeros_infinities_and_subnormals_do_as_documented() {
    outside_the_domain::<f64>();
    outside_the_domain::<f32>();
}

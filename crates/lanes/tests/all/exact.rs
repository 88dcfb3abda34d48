use crate::harness::{Number, Operation, Random, operation, outputs, special};
use farfield_lanes::{Chosen, InstructionSet};

operation!(AddLanes, |a, b| a + b);
operation!(SubLanes, |a, b| a - b);
operation!(MulLanes, |a, b| a * b);
operation!(NegLanes, |a| -a);
operation!(AddTo, |a, b| {
    let mut sum = a;
    sum += b;
    sum
});
operation!(SubFrom, |a, b| {
    let mut difference = a;
    difference -= b;
    difference
});
operation!(MulAdd, |a, b, c| a.mul_add(b, c));
operation!(NegMulAdd, |a, b, c| a.neg_mul_add(b, c));
operation!(Quotient, |a, b| a.div(b));
operation!(Root, |a| a.sqrt());
operation!(Magnitude, |a| a.abs());
operation!(Smaller, |a, b| a.min(b));
operation!(Larger, |a, b| a.max(b));
operation!(Nearest, |a| a.round());
operation!(IfLess, |a, b, c| L::select(a.lt(b), a, c));
operation!(IfEqual, |a, b, c| L::select(a.eq(b), a, c));
operation!(IfNot, |a, b, c| L::select(!a.lt(b), a, c));
operation!(IfBoth, |a, b, c| L::select(a.lt(b) & b.lt(c), a, c));
operation!(IfEither, |a, b, c| L::select(a.lt(b) | b.lt(c), a, c));
operation!(Exponent, |a| a.exponent());
operation!(Mantissa, |a| a.mantissa());
operation!(Scale, |a, b| a.scale_by_power_of_two(b));

/// Every triple of special values and many of random bits.
fn operands<T: Number>() -> [Vec<T>; 3] {
    let special = special::<T>();
    let mut all = [vec![], vec![], vec![]];
    let mut push = |row: [T; 3]| {
        for (column, x) in all.iter_mut().zip(row) {
            column.push(x);
        }
    };
    for &a in &special {
        for &b in &special {
            for &c in &special {
                push([a, b, c]);
            }
        }
    }
    let mut random = Random(1);
    for _ in 0..20_000 {
        push([(); 3].map(|()| T::from_random_bits(random.bits())));
        // Sums and comparisons of numbers of one size.
        push([(); 3].map(|()| T::from_f64(4.0 * random.uniform() - 2.0)));
    }
    all
}

/// Bits agree, or both are NaN.
fn same<T: Number>(x: T, y: T) -> bool {
    x.bits() == y.bits() || (x.is_nan() && y.is_nan())
}

fn check<O: Operation, T: Number>(
    name: &str,
    [a, b, c]: &[Vec<T>; 3],
    agree: impl Fn(T, T) -> bool,
    expected: impl Fn(InstructionSet, T, T, T) -> T,
) {
    for set in Chosen::all() {
        let got = outputs::<O, T>(set, a, b, c);
        for (i, &got) in got.iter().enumerate() {
            let (a, b, c) = (a[i], b[i], c[i]);
            let expected = expected(set.set(), a, b, c);
            assert!(
                agree(got, expected),
                "{name} of {a:e} {b:e} {c:e}: {got:e}, expected {expected:e}, {} {}",
                set.set(),
                T::NAME
            );
        }
    }
}

fn arithmetic<T: Number>() {
    let all = operands::<T>();
    check::<AddLanes, T>("add", &all, same, |_, a, b, _| a + b);
    check::<SubLanes, T>("sub", &all, same, |_, a, b, _| a - b);
    check::<MulLanes, T>("mul", &all, same, |_, a, b, _| a * b);
    check::<NegLanes, T>("neg", &all, same, |_, a, _, _| -a);
    check::<AddTo, T>("+=", &all, same, |_, a, b, _| a + b);
    check::<SubFrom, T>("-=", &all, same, |_, a, b, _| a - b);
    check::<Quotient, T>("div", &all, same, |_, a, b, _| a / b);
    check::<Root, T>("sqrt", &all, same, |_, a, _, _| a.sqrt());
    check::<Magnitude, T>("abs", &all, same, |_, a, _, _| a.abs());
    check::<Nearest, T>("round", &all, same, |_, a, _, _| a.round_ties_even());
    let scalar = InstructionSet::Scalar;
    check::<MulAdd, T>("mul_add", &all, same, |set, a, b, c| match set {
        _ if set == scalar => a * b + c,
        _ => a.mul_add(b, c),
    });
    check::<NegMulAdd, T>("neg_mul_add", &all, same, |set, a, b, c| match set {
        _ if set == scalar => c - a * b,
        _ => (-a).mul_add(b, c),
    });
}

fn comparisons<T: Number>() {
    let all = operands::<T>();
    let choose = |yes: bool, a: T, c: T| if yes { a } else { c };
    check::<IfLess, T>("lt", &all, same, |_, a, b, c| choose(a < b, a, c));
    check::<IfEqual, T>("eq", &all, same, |_, a, b, c| choose(a == b, a, c));
    check::<IfNot, T>("not", &all, same, |_, a, b, c| {
        choose(a.partial_cmp(&b) != Some(std::cmp::Ordering::Less), a, c)
    });
    check::<IfBoth, T>("and", &all, same, |_, a, b, c| choose(a < b && b < c, a, c));
    check::<IfEither, T>("or", &all, same, |_, a, b, c| choose(a < b || b < c, a, c));
    // Either zero will do, and anything if one is NaN.
    let nan = |a: T, b: T| a.is_nan() || b.is_nan();
    let agree = |x: T, y: T| x == y || y.is_nan();
    check::<Smaller, T>("min", &all, agree, |_, a, b, _| {
        choose(nan(a, b), T::NAN, choose(a < b, a, b))
    });
    check::<Larger, T>("max", &all, agree, |_, a, b, _| {
        choose(nan(a, b), T::NAN, choose(a > b, a, b))
    });
}

fn powers_of_two<T: Number>() {
    let mut x = Random(2).positive::<T>(20_000);
    x.extend(
        special::<T>()
            .into_iter()
            .filter(|&x| x.is_finite() && !x.is_subnormal_or_zero() && x > T::ZERO),
    );
    let positive = [x.clone(), x.clone(), x.clone()];
    // The exponent from the definition 2^e ≤ x < 2^(e+1), in f64, where the logarithm's rounding may be off by one.
    let exponent = |x: T| {
        let x = x.to_f64();
        let e = x.log2().floor() as i32;
        // In halves, so that neither factor is subnormal.
        let power = |e: i32| 2_f64.powi(e / 2) * 2_f64.powi(e - e / 2);
        match () {
            () if power(e) > x => e - 1,
            () if power(e + 1) <= x => e + 1,
            () => e,
        }
    };
    check::<Exponent, T>("exponent", &positive, same, |_, x, _, _| {
        T::from_f64(f64::from(exponent(x)))
    });
    check::<Mantissa, T>("mantissa", &positive, same, |_, x, _, _| {
        let e = exponent(x);
        x * T::power_of_two(-e / 2) * T::power_of_two(-e - (-e / 2))
    });

    let largest = T::LARGEST_EXPONENT;
    let mut random = Random(3);
    let mut scaled = [vec![], vec![], vec![]];
    for x in special::<T>().into_iter().chain(x) {
        for n in [
            1 - largest,
            -1,
            0,
            1,
            largest,
            (random.uniform() * 200.0) as i32 - 100,
        ] {
            scaled[0].push(x);
            scaled[1].push(T::from_f64(f64::from(n)));
        }
    }
    scaled[2] = scaled[0].clone();
    check::<Scale, T>("scale_by_power_of_two", &scaled, same, |_, x, n, _| {
        x * T::power_of_two(n.to_f64() as i32)
    });
}

#[test]
fn arithmetic_is_ieee() {
    arithmetic::<f64>();
    arithmetic::<f32>();
}

#[test]
fn comparisons_and_masks() {
    comparisons::<f64>();
    comparisons::<f32>();
}

#[test]
fn exponent_mantissa_and_scaling() {
    powers_of_two::<f64>();
    powers_of_two::<f32>();
}

use crate::harness::{Number, Random};
use farfield_lanes::{Chosen, Isa, Job, Lanes};

struct RoundTrips<'a, T>(&'a [T]);

impl<T: Number> Job for RoundTrips<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let from = self.0;
        let width = <T::Lanes<I>>::LANES;
        let untouched = T::from_f64(-7.0);

        let mut to = vec![untouched; width + 1];
        <T::Lanes<I>>::load(isa, from).store(&mut to);
        assert_eq!(to[..width], from[..width]);
        assert_eq!(to[width], untouched);

        let fill = T::from_f64(-3.0);
        for n in 0..=width + 1 {
            let mut all = vec![untouched; width];
            <T::Lanes<I>>::load_or(isa, &from[..n], fill).store(&mut all);
            let k = n.min(width);
            assert_eq!(all[..k], from[..k]);
            assert!(all[k..].iter().all(|&x| x == fill));

            let mut some = vec![untouched; n];
            <T::Lanes<I>>::load(isa, from).store_first(&mut some);
            assert_eq!(some[..k], from[..k]);
            assert!(some[k..].iter().all(|&x| x == untouched));
        }

        let mut same = vec![untouched; width];
        <T::Lanes<I>>::splat(isa, fill).store(&mut same);
        assert!(same.iter().all(|&x| x == fill));

        assert_eq!(<T::Lanes<I>>::load(isa, from).sum(), halved(&from[..width]));
        several::<T, I>(isa, width);
        in_turn::<T, I>(isa, width);
        eight_sums::<T, I>(isa, width);
        any_lane::<T, I>(isa, width);
    }
}

/// Three vectors behind each other, and nothing beyond them.
#[inline(always)]
fn several<T: Number, I: Isa>(isa: I, width: usize) {
    let from: Vec<T> = (0..3 * width + 1).map(|k| T::from_f64(k as f64)).collect();
    let untouched = T::from_f64(-7.0);
    let mut to = vec![untouched; 3 * width + 1];
    let vectors: [T::Lanes<I>; 3] = <T::Lanes<I>>::load_each(isa, &from);
    for (k, vector) in vectors.into_iter().enumerate() {
        let mut one = vec![untouched; width];
        vector.store(&mut one);
        assert_eq!(one, from[k * width..][..width]);
    }
    <T::Lanes<I>>::store_each(vectors, &mut to);
    assert_eq!(to[..3 * width], from[..3 * width]);
    assert_eq!(to[3 * width], untouched);
}

/// Two numbers in turn, and the lanes of two vectors in turn.
#[inline(always)]
fn in_turn<T: Number, I: Isa>(isa: I, width: usize) {
    let from: Vec<T> = (0..2 * width).map(|k| T::from_f64(k as f64)).collect();
    let mut to = vec![T::ZERO; 2 * width];
    let pair = [T::from_f64(3.0), T::from_f64(-5.0)];
    <T::Lanes<I>>::alternate(isa, &pair).store(&mut to);
    for lane in 0..width {
        assert_eq!(to[lane], pair[lane % 2]);
    }
    let [a, b]: [T::Lanes<I>; 2] = <T::Lanes<I>>::load_each(isa, &from);
    <T::Lanes<I>>::store_each(a.interleave(b), &mut to);
    for lane in 0..width {
        assert_eq!(to[2 * lane..2 * lane + 2], [from[lane], from[width + lane]]);
    }
}

/// Every lane of every vector counts once: with one bit a lane the sums are exact in any order.
#[inline(always)]
fn eight_sums<T: Number, I: Isa>(isa: I, width: usize) {
    let mut vectors = [<T::Lanes<I>>::splat(isa, T::ZERO); 8];
    let mut expected = [0.0; 8];
    for (i, vector) in vectors.iter_mut().enumerate() {
        let bits = |lane: usize| f64::from(1_u32 << ((lane + i) % 20));
        let lanes: Vec<T> = (0..width).map(|lane| T::from_f64(bits(lane))).collect();
        *vector = <T::Lanes<I>>::load(isa, &lanes);
        expected[i] = (0..width).map(bits).sum();
    }
    assert_eq!(
        <T::Lanes<I>>::sum_each(vectors).map(|x| x.to_f64()),
        expected
    );
}

/// Upper half added to lower half until one is left.
fn halved<T: Number>(x: &[T]) -> T {
    match x {
        [x] => *x,
        _ => {
            let (low, high) = x.split_at(x.len() / 2);
            let sums: Vec<T> = low.iter().zip(high).map(|(&a, &b)| a + b).collect();
            halved(&sums)
        }
    }
}

/// `any` sees each single lane, and sees no lane past the end.
#[inline(always)]
fn any_lane<T: Number, I: Isa>(isa: I, width: usize) {
    let zero = <T::Lanes<I>>::splat(isa, T::ZERO);
    for lane in 0..width {
        let mut x = vec![T::ZERO; width];
        x[lane] = T::ONE;
        let x = <T::Lanes<I>>::load(isa, &x);
        assert!(<T::Lanes<I>>::any(zero.lt(x)));
        assert!(<T::Lanes<I>>::any(!x.eq(zero)));
        assert!(!<T::Lanes<I>>::any(x.lt(zero)));
    }
    assert!(!<T::Lanes<I>>::any(!zero.eq(zero)));
}

fn memory<T: Number>() {
    let from = Random(4).between::<T>(40, 1.0, 2.0);
    for set in Chosen::all() {
        set.run(RoundTrips(&from));
    }
}

#[test]
fn loads_stores_sums_and_any() {
    memory::<f64>();
    memory::<f32>();
}

#[test]
fn short_slices_panic() {
    struct Load;
    impl Job for Load {
        type Output = ();
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            let short = vec![0.0; I::F64::LANES - 1];
            I::F64::load(isa, &short);
        }
    }
    struct Store;
    impl Job for Store {
        type Output = ();
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            let mut short = vec![0.0; I::F32::LANES - 1];
            I::F32::splat(isa, 1.0).store(&mut short);
        }
    }
    struct LoadEach;
    impl Job for LoadEach {
        type Output = ();
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            let short = vec![0.0; 3 * I::F64::LANES - 1];
            let _: [I::F64; 3] = I::F64::load_each(isa, &short);
        }
    }
    struct StoreEach;
    impl Job for StoreEach {
        type Output = ();
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            let mut short = vec![0.0; 3 * I::F32::LANES - 1];
            I::F32::store_each([I::F32::splat(isa, 1.0); 3], &mut short);
        }
    }
    for set in Chosen::all() {
        assert!(std::panic::catch_unwind(|| set.run(LoadEach)).is_err());
        assert!(std::panic::catch_unwind(|| set.run(StoreEach)).is_err());
        assert!(std::panic::catch_unwind(|| set.run(Load)).is_err());
        assert!(std::panic::catch_unwind(|| set.run(Store)).is_err());
    }
}

/// Places in a table, and what lies there.
struct LookUp<'a, T>(&'a [T]);

impl<T: Number> Job for LookUp<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let table = self.0;
        let last = table.len() - 1;
        for (place, expected) in [
            (0.0, Some(0)),
            (1.0, Some(1)),
            (2.75, Some(2)),
            (last as f64, Some(last)),
            (-3.0, None),
            (1e6, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (-1e300, None),
        ] {
            let places = T::Lanes::<I>::by_lane(isa, |lane| if lane == 0 { place } else { 1.0 });
            let mut found = [T::ZERO; 16];
            T::Lanes::<I>::look_up(isa, table, places).store(&mut found);
            match expected {
                Some(place) => assert_eq!(found[0], table[place]),
                None => assert!(table.contains(&found[0]), "{place}: {:?}", found[0]),
            }
            for found in &found[1..T::Lanes::<I>::LANES] {
                assert_eq!(*found, table[1]);
            }
        }
    }
}

fn tables<T: Number>() {
    let from = Random(5).between::<T>(37, 1.0, 2.0);
    for set in Chosen::all() {
        set.run(LookUp(&from));
    }
}

#[test]
fn tables_are_looked_up() {
    tables::<f64>();
    tables::<f32>();
}

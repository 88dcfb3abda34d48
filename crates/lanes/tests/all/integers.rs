use farfield_lanes::{Chosen, Integers, Isa, Job, Lanes};

/// The differences of two columns of whole numbers, vector by vector.
struct Differences<'a>([&'a [i32]; 2], &'a mut [f32]);

impl Job for Differences<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let (Differences([a, b], out), lanes) = (self, I::F32::LANES);
        for at in (0..a.len()).step_by(lanes) {
            let difference = I::I32::load(isa, &a[at..]).minus(I::I32::load(isa, &b[at..]));
            difference.store(&mut out[at..]);
        }
    }
}

/// One number less a column.
struct FromOne<'a>(i32, &'a [i32], &'a mut [f32]);

impl Job for FromOne<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let one = I::I32::splat(isa, self.0);
        for at in (0..self.1.len()).step_by(I::F32::LANES) {
            let difference = one.minus(I::I32::load(isa, &self.1[at..]));
            difference.store(&mut self.2[at..]);
        }
    }
}

/// Exact where f32 can hold them, else the nearest: ends of the range, neighbours of powers of two, and all between.
#[test]
fn differences_are_exact_before_they_are_rounded() {
    let special = [
        0,
        1,
        -1,
        1 << 24,
        (1 << 24) + 1,
        (1 << 24) + 3,
        i32::MAX,
        1 << 30,
        -(1 << 30),
    ];
    let (mut a, mut b) = (vec![], vec![]);
    for x in special {
        for y in special {
            if x.checked_sub(y).is_some() {
                a.push(x);
                b.push(y);
            }
        }
    }
    for i in 0..10_000_i32 {
        a.push(i.wrapping_mul(214_013) & i32::MAX);
        b.push(i.wrapping_mul(1_103_515) & i32::MAX);
    }
    a.resize(a.len().next_multiple_of(16), 0);
    b.resize(a.len(), 0);
    for set in Chosen::all() {
        let mut found = vec![0.0; a.len()];
        set.run(Differences([&a, &b], &mut found));
        for ((a, b), found) in a.iter().zip(&b).zip(found) {
            assert_eq!(found, (a - b) as f32, "{a} − {b}, {}", set.set());
        }
        let mut found = vec![0.0; b.len()];
        set.run(FromOne(7, &b, &mut found));
        for (b, found) in b.iter().zip(found) {
            assert_eq!(found, (7 - b) as f32, "7 − {b}, {}", set.set());
        }
    }
}

#[test]
fn short_slices_panic() {
    struct Load;
    impl Job for Load {
        type Output = ();
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            I::I32::load(isa, &vec![0; I::F32::LANES - 1]);
        }
    }
    for set in Chosen::all() {
        assert!(std::panic::catch_unwind(|| set.run(Load)).is_err());
    }
}

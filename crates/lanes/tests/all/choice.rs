use farfield_lanes::{Chosen, InstructionSet, Isa, Job, Lanes, UnknownInstructionSet};

/// The set that the job was compiled for, and the lanes of both precisions.
struct Which;

impl Job for Which {
    type Output = (InstructionSet, usize, usize);
    #[inline(always)]
    fn run<I: Isa>(self, _: I) -> Self::Output {
        (I::SET, I::F64::LANES, I::F32::LANES)
    }
}

#[test]
fn jobs_run_on_the_chosen_set() {
    for chosen in Chosen::all() {
        let doubles = match chosen.set() {
            InstructionSet::Avx512 => 8,
            InstructionSet::Avx2 => 4,
            InstructionSet::Neon => 2,
            InstructionSet::Scalar => 1,
        };
        let singles = if doubles == 1 { 1 } else { 2 * doubles };
        assert_eq!(chosen.run(Which), (chosen.set(), doubles, singles));
    }
}

#[test]
fn detection_takes_the_fastest() {
    let all: Vec<_> = Chosen::all().map(Chosen::set).collect();
    assert_eq!(Chosen::detect().set(), all[0]);
    assert_eq!(all.last(), Some(&InstructionSet::Scalar));
    let in_order = InstructionSet::ALL
        .into_iter()
        .filter(|&set| Chosen::get(set).is_some());
    assert!(in_order.eq(all));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn sets_follow_the_machine() {
    let has = |set| Chosen::get(set).is_some();
    assert!(!has(InstructionSet::Neon));
    assert_eq!(
        has(InstructionSet::Avx2),
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
    );
    assert_eq!(
        has(InstructionSet::Avx512),
        has(InstructionSet::Avx2)
            && ["avx512f", "avx512dq", "avx512vl", "avx512bw"] == detected_avx512()[..]
    );
}

#[cfg(target_arch = "x86_64")]
fn detected_avx512() -> Vec<&'static str> {
    let mut names = vec![];
    if is_x86_feature_detected!("avx512f") {
        names.push("avx512f");
    }
    if is_x86_feature_detected!("avx512dq") {
        names.push("avx512dq");
    }
    if is_x86_feature_detected!("avx512vl") {
        names.push("avx512vl");
    }
    if is_x86_feature_detected!("avx512bw") {
        names.push("avx512bw");
    }
    names
}

#[cfg(target_arch = "aarch64")]
#[test]
fn sets_follow_the_machine() {
    let has = |set| Chosen::get(set).is_some();
    assert!(has(InstructionSet::Neon));
    assert!(!has(InstructionSet::Avx2) && !has(InstructionSet::Avx512));
}

#[test]
fn names_read_back_and_others_are_refused() {
    for set in InstructionSet::ALL {
        assert_eq!(set.to_string().parse(), Ok(set));
    }
    for name in ["AVX2", "avx", "", " scalar"] {
        let error = name.parse::<InstructionSet>().unwrap_err();
        assert_eq!(error, UnknownInstructionSet(name.into()));
        let line =
            format!("instruction set '{name}' is unknown (allowed: avx512, avx2, neon, scalar)");
        assert_eq!(error.to_string(), line);
    }
}

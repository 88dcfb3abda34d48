//! Slots: the places from which the far list of a cell comes.
//!
//! The sources of V for the children of one parent are the children of the cells that touch the parent: at most 3^D·2^D
//! of them, in fixed places. Slot `place·2^D + octant` is the child `octant` of the neighbour at `place`, and places
//! number the offsets neighbour − parent in {−1, 0, 1}^D, the first axis fastest.

/// Number of slots in `D` dimensions.
pub(crate) const fn count(dimension: usize) -> usize {
    6usize.pow(dimension as u32)
}

/// First slot of the neighbour at `offset` from the parent, which may be the parent itself; `None` if it does not touch it.
#[inline(always)]
pub(crate) fn first<const D: usize>(offset: [i32; D]) -> Option<usize> {
    let (mut place, mut width) = (0, 1);
    for x in offset {
        if !(-1..=1).contains(&x) {
            return None;
        }
        place += (x + 1) as usize * width;
        width *= 3;
    }
    Some(place << D)
}

/// Grid coordinates of a slot among the children: 0 and 1 are those of the parent itself.
pub(crate) fn anchor<const D: usize>(slot: usize) -> [i32; D] {
    let (place, octant) = ((slot >> D) as i32, slot as i32);
    std::array::from_fn(|a| {
        let neighbour = place / 3i32.pow(a as u32) % 3 - 1;
        2 * neighbour + (octant >> a & 1)
    })
}

/// The slot at these grid coordinates, each from −2 to 3.
pub(crate) fn at<const D: usize>(anchor: [i32; D]) -> usize {
    let place: i32 = (0..D)
        .map(|a| (anchor[a].div_euclid(2) + 1) * 3i32.pow(a as u32))
        .sum();
    let octant: i32 = (0..D).map(|a| anchor[a].rem_euclid(2) << a).sum();
    ((place << D) + octant) as usize
}

/// The slots of the far list of each child of a parent, by octant.
pub(crate) fn far_slots<const D: usize>() -> Vec<Vec<usize>> {
    let is_far = |octant: usize, slot: usize| {
        let anchor = anchor::<D>(slot);
        (0..D).any(|a| !(-1..=1).contains(&((octant as i32 >> a & 1) - anchor[a])))
    };
    let of = |octant| (0..count(D)).filter(|&slot| is_far(octant, slot)).collect();
    (0..1 << D).map(of).collect()
}

/// The same where neighbours count as far, and a cell to itself.
pub(crate) fn all_slots<const D: usize>() -> Vec<Vec<usize>> {
    vec![(0..count(D)).collect(); 1 << D]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_have_one_place_each() {
        for slot in 0..count(2) {
            assert_eq!(at(anchor::<2>(slot)), slot);
        }
        for slot in 0..count(3) {
            assert_eq!(at(anchor::<3>(slot)), slot);
        }
        assert_eq!(first([-1, -1]), Some(0));
        assert_eq!(first([1, 1, 1]), Some(26 * 8));
        assert_eq!((first([0, 0]), first([0, 2])), (Some(4 * 4), None));
    }

    #[test]
    fn far_lists_have_27_and_189_sources() {
        assert!(far_slots::<2>().iter().all(|slots| slots.len() == 27));
        assert!(far_slots::<3>().iter().all(|slots| slots.len() == 189));
    }
}

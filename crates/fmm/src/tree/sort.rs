//! Points into tree order: a radix sort of Morton keys, the most significant digit first, as deep as cells need it.

use super::frame::Frame;
use super::morton;
use crate::memory::room;
use lanes::Real;
use rayon::prelude::*;
use std::ops::Range;

/// The permutation between the order of a tree and the user's.
///
/// In tree order the points of every cell lie behind each other; within a leaf their order depends on the cloud alone.
#[derive(Clone, Debug, Default)]
pub struct TreeOrder {
    /// `user_index[i]` is the user's index of the point that comes `i`-th in tree order.
    pub user_index: Vec<u32>,
    entries: Vec<Entry>,
    scratch: Vec<Entry>,
}

/// 32 bits of a point's Morton key above its user index: those of the levels at which the tree is being cut.
type Entry = u64;

/// The bits of the key.
#[inline(always)]
fn bits(entry: Entry) -> u32 {
    (entry >> 32) as u32
}

/// Entries that one task sorts by one digit; a piece and its buckets stay in the second-level cache.
const PIECE: usize = 1 << 14;
/// Most buckets of one digit.
const BUCKETS: usize = 1 << 10;
/// Ranges up to this size are sorted with scratch that a task keeps.
const SMALL: usize = 1 << 12;
/// Ranges up to this size are sorted by insertion.
const TINY: usize = 24;

impl TreeOrder {
    /// Begins to order `points`, in the buffers of an earlier call: brings together the points of every cell with more
    /// than `leaf_capacity`, as far as the first window of their keys tells them apart.
    pub(super) fn sort<T: Real, const D: usize>(
        &mut self,
        points: &[[T; D]],
        frame: &Frame<D>,
        leaf_capacity: usize,
    ) {
        let n = points.len();
        room(&mut self.entries, n, 0);
        room(&mut self.scratch, n, 0);
        let make = |first: usize, entries: &mut [Entry]| {
            let indices = first as u64..;
            for ((entry, &point), index) in entries.iter_mut().zip(&points[first..]).zip(indices) {
                *entry = u64::from(morton::window(frame.grid(point), 0)) << 32 | index;
            }
        };
        let (entries, scratch) = (&mut self.entries[..], &mut self.scratch[..]);
        let all = D as u32 * morton::window_levels(D);
        Digits::<D> { leaf_capacity }.make_sorted(make, entries, scratch, all);
    }

    /// Goes on below the first window, in the given cells, which are ranges in ascending order.
    pub(super) fn refine<T: Real, const D: usize>(
        &mut self,
        points: &[[T; D]],
        frame: &Frame<D>,
        leaf_capacity: usize,
        window: u32,
        cells: &[Range<u32>],
    ) {
        let (mut entries, mut scratch) = (&mut self.entries[..], &mut self.scratch[..]);
        let mut at = 0;
        let mut ranges = Vec::with_capacity(cells.len());
        for cell in cells {
            let (_, rest) = entries.split_at_mut((cell.start - at) as usize);
            let (range, rest) = rest.split_at_mut(cell.len());
            let (own, more) = scratch.split_at_mut(cell.len());
            ranges.push((range, own));
            (entries, scratch, at) = (rest, more, cell.end);
        }
        ranges.into_par_iter().for_each(|(range, scratch)| {
            for entry in &mut *range {
                let index = *entry & u64::from(u32::MAX);
                let grid = frame.grid(points[index as usize]);
                *entry = u64::from(morton::window(grid, window)) << 32 | index;
            }
            let all = D as u32 * morton::window_levels(D);
            Digits::<D> { leaf_capacity }.sort(range, scratch, all);
        });
    }

    /// Where the points of each child of a cell at `level` end.
    #[inline]
    pub(super) fn ends<const D: usize>(&self, cell: &Range<u32>, level: u32) -> [u32; 8] {
        let entries = &self.entries[cell.start as usize..cell.end as usize];
        let mut ends = [cell.end; 8];
        let mut before = 0;
        for octant in 0..(1 << D) - 1 {
            let inside = |&entry: &Entry| morton::child::<D>(bits(entry), level) <= octant;
            before += entries[before..].partition_point(inside);
            ends[octant as usize] = cell.start + before as u32;
        }
        ends
    }

    /// Makes the permutation from what was ordered.
    pub(super) fn publish(&mut self) {
        room(&mut self.user_index, self.entries.len(), 0);
        let pieces = self.user_index.par_chunks_mut(PIECE);
        pieces
            .zip(self.entries.par_chunks(PIECE))
            .for_each(|(user_index, entries)| {
                for (user, &entry) in user_index.iter_mut().zip(entries) {
                    *user = entry as u32;
                }
            });
    }

    /// The inverse: entry `user_index[i]` is `i`.
    pub fn tree_index(&self) -> Vec<u32> {
        let mut tree_index = vec![0; self.len()];
        for (&user, i) in self.user_index.iter().zip(0..) {
            tree_index[user as usize] = i;
        }
        tree_index
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let entries = self.entries.capacity() + self.scratch.capacity();
        self.user_index.capacity() * size_of::<u32>() + entries * size_of::<Entry>()
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.user_index.len()
    }

    /// No points at all.
    pub fn is_empty(&self) -> bool {
        self.user_index.is_empty()
    }
}

/// How far to sort: groups of at most `leaf_capacity` entries that agree in all digits so far are left as they are.
///
/// A digit holds whole levels, so such a group is a cell that is never split.
#[derive(Clone, Copy)]
struct Digits<const D: usize> {
    leaf_capacity: usize,
}

impl<const D: usize> Digits<D> {
    /// Bits of a digit of large ranges, and of small ones.
    const LARGE_DIGIT: u32 = 10 - 10 % D as u32;
    const SMALL_DIGIT: u32 = 8 - 8 % D as u32;

    /// Sorts entries that agree in all but the lowest `bits` bits of their keys; stable.
    ///
    /// Pieces of fixed size are sorted by the highest digit on their own, then every bucket collects its parts from all
    /// pieces and is sorted in turn: two moves a digit, each to memory that one task owns.
    fn sort(self, entries: &mut [Entry], scratch: &mut [Entry], bits: u32) {
        if entries.len() <= PIECE || bits == 0 {
            return self.sort_small(entries, scratch, bits);
        }
        let pieces = entries.par_chunks(PIECE).zip(scratch.par_chunks_mut(PIECE));
        let starts = pieces.map(|(piece, sorted)| sort_piece(piece, sorted, Self::highest(bits)));
        let starts: Vec<_> = starts.collect();
        self.collect(entries, scratch, &starts, bits);
    }

    /// The same of entries that are not there yet: `make` writes those from an index on. A piece is made where it is still
    /// in the cache when it is sorted.
    fn make_sorted(
        self,
        make: impl Fn(usize, &mut [Entry]) + Sync,
        entries: &mut [Entry],
        scratch: &mut [Entry],
        bits: u32,
    ) {
        if entries.len() <= PIECE {
            make(0, entries);
            return self.sort_small(entries, scratch, bits);
        }
        let pieces = scratch.par_chunks_mut(PIECE).enumerate();
        let sort = |piece: &mut Vec<Entry>, (p, sorted): (usize, &mut [Entry])| {
            let piece = &mut piece[..sorted.len()];
            make(p * PIECE, piece);
            sort_piece(piece, sorted, Self::highest(bits))
        };
        let starts: Vec<_> = pieces.map_init(|| vec![0; PIECE], sort).collect();
        self.collect(entries, scratch, &starts, bits);
    }

    /// The highest digit of a large range of which `bits` bits differ.
    fn highest(bits: u32) -> impl Fn(Entry) -> usize {
        let below = bits.saturating_sub(Self::LARGE_DIGIT);
        move |entry| (entry >> (32 + below)) as usize & (BUCKETS - 1)
    }

    /// Every bucket from the sorted pieces, whose buckets begin at `starts`, and sorts it.
    fn collect(self, entries: &mut [Entry], scratch: &[Entry], starts: &[Vec<u32>], bits: u32) {
        let below = bits.saturating_sub(Self::LARGE_DIGIT);
        let mut rest = entries;
        let mut buckets = Vec::with_capacity(BUCKETS);
        for b in 0..BUCKETS {
            let size: u32 = starts.iter().map(|s| s[b + 1] - s[b]).sum();
            let (bucket, tail) = rest.split_at_mut(size as usize);
            rest = tail;
            if !bucket.is_empty() {
                buckets.push((b, bucket));
            }
        }
        let pieces: Vec<&[Entry]> = scratch.chunks(PIECE).collect();
        let collect = |small: &mut Vec<Entry>, (b, bucket): (usize, &mut [Entry])| {
            let mut at = 0;
            for (piece, start) in pieces.iter().zip(starts) {
                let part = &piece[start[b] as usize..start[b + 1] as usize];
                bucket[at..at + part.len()].copy_from_slice(part);
                at += part.len();
            }
            if bucket.len() <= SMALL {
                self.sort_small(bucket, small, below);
            } else {
                let mut scratch = vec![0; bucket.len()];
                self.sort(bucket, &mut scratch, below);
            }
        };
        buckets
            .into_par_iter()
            .with_min_len(8)
            .for_each_init(|| vec![0; SMALL], collect);
    }

    /// One pass by the highest digit, then every bucket on its own.
    fn sort_small(self, entries: &mut [Entry], scratch: &mut [Entry], bits: u32) {
        if entries.len() <= self.leaf_capacity || bits == 0 {
            return;
        }
        if entries.len() <= TINY {
            return sort_tiny(entries);
        }
        let below = bits.saturating_sub(Self::SMALL_DIGIT);
        let digit = |entry: Entry| (entry >> (32 + below)) as usize & 0xff;
        let mut end = [0u32; 256];
        for &entry in &*entries {
            end[digit(entry)] += 1;
        }
        let mut sum = 0;
        for end in &mut end {
            (*end, sum) = (sum, sum + *end);
        }
        let scratch = &mut scratch[..entries.len()];
        for &entry in &*entries {
            let place = &mut end[digit(entry)];
            scratch[*place as usize] = entry;
            *place += 1;
        }
        entries.copy_from_slice(scratch);
        let mut start = 0;
        for end in end {
            self.sort_small(&mut entries[start..end as usize], scratch, below);
            start = end as usize;
        }
    }
}

/// Insertion: by key and, where keys are equal, by index.
#[inline]
fn sort_tiny(entries: &mut [Entry]) {
    for i in 1..entries.len() {
        let entry = entries[i];
        let mut k = i;
        while k > 0 && entries[k - 1] > entry {
            entries[k] = entries[k - 1];
            k -= 1;
        }
        entries[k] = entry;
    }
}

/// A stable counting sort of one piece; returns where each bucket starts, and the end.
fn sort_piece(piece: &[Entry], sorted: &mut [Entry], digit: impl Fn(Entry) -> usize) -> Vec<u32> {
    let mut start = vec![0u32; BUCKETS + 1];
    for &entry in piece {
        start[digit(entry) + 1] += 1;
    }
    for b in 0..BUCKETS {
        start[b + 1] += start[b];
    }
    let mut next = start.clone();
    for &entry in piece {
        let place = &mut next[digit(entry)];
        sorted[*place as usize] = entry;
        *place += 1;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn sorts_like_the_library() {
        let mut rng = StdRng::seed_from_u64(1);
        for n in [0, 1, 2, 1000, 5000, 100_000] {
            for mask in [u32::MAX, 0xff, 0xffff_0000, 0, 0xf000_000f] {
                let entries: Vec<Entry> = (0..n)
                    .map(|i| u64::from(rng.random::<u32>() & mask) << 32 | i)
                    .collect();
                let mut expected = entries.clone();
                expected.sort();
                let mut sorted = entries.clone();
                let mut scratch = vec![0; sorted.len()];
                Digits::<2> { leaf_capacity: 1 }.sort(&mut sorted, &mut scratch, 32);
                assert_eq!(sorted, expected, "n = {n}, mask = {mask:x}");
                let make = |first: usize, made: &mut [Entry]| {
                    made.copy_from_slice(&entries[first..first + made.len()]);
                };
                let all = Digits::<2> { leaf_capacity: 1 };
                all.make_sorted(make, &mut sorted, &mut scratch, 32);
                assert_eq!(sorted, expected, "n = {n}, mask = {mask:x}");
                let mut sorted = entries;
                Digits::<2> { leaf_capacity: 40 }.sort(&mut sorted, &mut scratch, 32);
                cells_lie_together(&sorted, 40);
            }
        }
    }

    /// Every cell of more than `leaf_capacity` entries has its children behind each other.
    fn cells_lie_together(entries: &[Entry], leaf_capacity: usize) {
        for level in 0..16 {
            let group = |e: &Entry, levels: u32| u64::from(bits(*e)) >> (32 - 2 * levels);
            for cell in entries.chunk_by(|a, b| group(a, level) == group(b, level)) {
                let below = cell.iter().map(|e| group(e, level + 1));
                assert!(cell.len() <= leaf_capacity || below.is_sorted());
            }
        }
    }

    #[test]
    fn permutations_are_inverse() {
        let mut rng = StdRng::seed_from_u64(2);
        let points: Vec<[f64; 3]> = (0..5000)
            .map(|_| std::array::from_fn(|_| rng.random()))
            .collect();
        let frame = Frame::around(&[&points]);
        let mut order = TreeOrder::default();
        order.sort(&points, &frame, 1);
        order.publish();
        let keys = order
            .user_index
            .iter()
            .map(|&u| frame.key(points[u as usize]));
        // Through the first window: ten levels.
        assert!(keys.map(|key| key >> 33).is_sorted());
        let tree_index = order.tree_index();
        assert!(
            order
                .user_index
                .iter()
                .zip(0..)
                .all(|(&u, i)| tree_index[u as usize] == i)
        );
    }
}

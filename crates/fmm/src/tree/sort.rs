//! Points into tree order: a radix sort of Morton keys, the most significant digit first.

use super::frame::Frame;
use super::morton;
use crate::passes::room;
use lanes::Real;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// A cloud in tree order: its sorted keys, and the permutation between tree order and user order.
#[derive(Clone, Debug, Default)]
pub struct TreeOrder {
    /// Morton keys, ascending.
    pub keys: Vec<u64>,
    /// `user_index[i]` is the user's index of the point that comes `i`-th in tree order. Points of equal keys keep the
    /// user's order.
    pub user_index: Vec<u32>,
    /// `tree_index[user_index[i]] == i`.
    pub tree_index: Vec<u32>,
    entries: Vec<Entry>,
    scratch: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: u64,
    index: u32,
}

/// Entries that one task sorts by one digit; a piece and its buckets stay in the second-level cache.
const PIECE: usize = 1 << 14;
/// Bits of one digit of the sort.
const DIGIT: u32 = 10;
const BUCKETS: usize = 1 << DIGIT;
/// Ranges up to this size are sorted with scratch on the stack.
const SMALL: usize = 1 << 11;
/// Ranges up to this size are sorted by insertion.
const TINY: usize = 24;

impl TreeOrder {
    /// Sorts `points`, reusing the buffers of an earlier call.
    pub fn sort<T: Real, const D: usize>(&mut self, points: &[[T; D]], frame: &Frame<D>) {
        let inverse = 1.0 / frame.side;
        self.entries.resize(points.len(), Entry::default());
        self.scratch.resize(points.len(), Entry::default());
        self.entries
            .par_iter_mut()
            .zip(points)
            .with_min_len(PIECE)
            .enumerate()
            .for_each(|(i, (entry, point))| {
                let unit: [f64; D] = std::array::from_fn(|a| {
                    (point[a].to_f64() * frame.scale - frame.corner[a]) * inverse
                });
                *entry = Entry {
                    key: morton::key(unit),
                    index: i as u32,
                };
            });
        let significant = D as u32 * morton::max_level(D);
        sort(&mut self.entries, &mut self.scratch, significant);
        self.publish();
    }

    fn publish(&mut self) {
        let n = self.entries.len();
        room(&mut self.keys, n, 0);
        room(&mut self.user_index, n, 0);
        let tree_index: Vec<AtomicU32> = std::mem::take(&mut self.tree_index)
            .into_iter()
            .map(AtomicU32::new)
            .collect();
        let mut tree_index = tree_index;
        tree_index.resize_with(n, AtomicU32::default);
        let out = self.keys.par_iter_mut().zip(&mut self.user_index);
        out.zip(&self.entries)
            .with_min_len(PIECE)
            .enumerate()
            .for_each(|(i, ((key, user), entry))| {
                *key = entry.key;
                *user = entry.index;
                tree_index[entry.index as usize].store(i as u32, Ordering::Relaxed);
            });
        self.tree_index = tree_index.into_iter().map(AtomicU32::into_inner).collect();
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let indices = self.user_index.capacity() + self.tree_index.capacity();
        let entries = self.entries.capacity() + self.scratch.capacity();
        self.keys.capacity() * 8 + indices * 4 + entries * size_of::<Entry>()
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// No points at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Sorts entries that agree in all but the lowest `bits` bits of their keys.
///
/// Pieces of fixed size are sorted by the highest digit on their own, then every bucket collects its parts from all
/// pieces and is sorted in turn: two moves a digit, each to memory that one task owns.
fn sort(entries: &mut [Entry], scratch: &mut [Entry], bits: u32) {
    if entries.len() <= PIECE || bits == 0 {
        return sort_small(entries, scratch, bits);
    }
    let shift = bits.saturating_sub(DIGIT);
    let digit = move |entry: &Entry| (entry.key >> shift) as usize & (BUCKETS - 1);
    let starts: Vec<Vec<u32>> = entries
        .par_chunks(PIECE)
        .zip(scratch.par_chunks_mut(PIECE))
        .map(|(piece, sorted)| sort_piece(piece, sorted, digit))
        .collect();
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
    buckets
        .into_par_iter()
        .with_min_len(8)
        .for_each(|(b, bucket)| {
            let mut at = 0;
            for (piece, start) in pieces.iter().zip(&starts) {
                let part = &piece[start[b] as usize..start[b + 1] as usize];
                bucket[at..at + part.len()].copy_from_slice(part);
                at += part.len();
            }
            if bucket.len() <= SMALL {
                let mut scratch = [Entry::default(); SMALL];
                sort_small(bucket, &mut scratch, shift);
            } else {
                let mut scratch = vec![Entry::default(); bucket.len()];
                sort(bucket, &mut scratch, shift);
            }
        });
}

/// One pass by the highest digit, then every bucket on its own.
fn sort_small(entries: &mut [Entry], scratch: &mut [Entry], bits: u32) {
    if entries.len() <= TINY || bits == 0 {
        return sort_tiny(entries);
    }
    const DIGIT: u32 = 8;
    let shift = bits.saturating_sub(DIGIT);
    let digit = |entry: &Entry| (entry.key >> shift) as usize & 0xff;
    let mut end = [0u32; 256];
    for entry in &*entries {
        end[digit(entry)] += 1;
    }
    let mut sum = 0;
    for end in &mut end {
        (*end, sum) = (sum, sum + *end);
    }
    let scratch = &mut scratch[..entries.len()];
    for entry in &*entries {
        let place = &mut end[digit(entry)];
        scratch[*place as usize] = *entry;
        *place += 1;
    }
    entries.copy_from_slice(scratch);
    let mut start = 0;
    for end in end {
        sort_small(&mut entries[start..end as usize], scratch, shift);
        start = end as usize;
    }
}

/// Insertion by key and, where keys are equal, by index; the library's sort where digits ran out.
#[inline]
fn sort_tiny(entries: &mut [Entry]) {
    if entries.len() > TINY {
        return entries.sort_unstable();
    }
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
fn sort_piece(piece: &[Entry], sorted: &mut [Entry], digit: impl Fn(&Entry) -> usize) -> Vec<u32> {
    let mut start = vec![0u32; BUCKETS + 1];
    for entry in piece {
        start[digit(entry) + 1] += 1;
    }
    for b in 0..BUCKETS {
        start[b + 1] += start[b];
    }
    let mut next = start.clone();
    for entry in piece {
        let place = &mut next[digit(entry)];
        sorted[*place as usize] = *entry;
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
            for mask in [u64::MAX, 0xff, 0xffff_0000, 0, 0xf000_0000_0000_000f] {
                let mut entries: Vec<Entry> = (0..n)
                    .map(|i| Entry {
                        key: rng.random::<u64>() & mask,
                        index: i as u32,
                    })
                    .collect();
                let mut expected = entries.clone();
                expected.sort_by_key(|e| e.key);
                sort(&mut entries, &mut vec![Entry::default(); n], 64);
                assert_eq!(entries, expected, "n = {n}, mask = {mask:x}");
            }
        }
    }

    #[test]
    fn permutations_are_inverse() {
        let mut rng = StdRng::seed_from_u64(2);
        let points: Vec<[f64; 3]> = (0..5000)
            .map(|_| std::array::from_fn(|_| rng.random()))
            .collect();
        let mut order = TreeOrder::default();
        order.sort(&points, &Frame::around(&[&points]));
        assert!(order.keys.is_sorted());
        assert!(
            order
                .user_index
                .iter()
                .enumerate()
                .all(|(i, &u)| order.tree_index[u as usize] == i as u32)
        );
    }
}

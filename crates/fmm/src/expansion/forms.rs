//! Where plane waves lie: the outgoing forms of the cells that a block of parents meets.

use crate::memory::Lines;
use lanes::Real;

/// Forms of plane waves behind each other, in the precision that their family takes.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    double: Lines<f64>,
    single: Lines<f32>,
}

/// Some of them, to be written.
pub(crate) struct FormsMut<'a> {
    double: &'a mut [f64],
    single: &'a mut [f32],
}

impl FormsMut<'_> {
    /// The first `n` numbers, and the others.
    pub(crate) fn split_at(self, n: usize) -> (Self, Self) {
        let (double, more_double) = self.double.split_at_mut(n.min(self.double.len()));
        let (single, more_single) = self.single.split_at_mut(n.min(self.single.len()));
        let rest = Self {
            double: more_double,
            single: more_single,
        };
        (Self { double, single }, rest)
    }
}

/// A precision of plane waves.
pub(crate) trait Wave: Real {
    /// The numbers of this precision.
    fn of(forms: &Forms) -> &[Self];
    /// The same, to be changed.
    fn lines(forms: &mut Forms) -> &mut Lines<Self>;
    /// The same of some forms.
    fn of_mut(forms: FormsMut<'_>) -> &mut [Self];
}

impl Wave for f64 {
    #[inline(always)]
    fn of(forms: &Forms) -> &[f64] {
        &forms.double
    }
    #[inline(always)]
    fn lines(forms: &mut Forms) -> &mut Lines<f64> {
        &mut forms.double
    }
    #[inline(always)]
    fn of_mut(forms: FormsMut<'_>) -> &mut [f64] {
        forms.double
    }
}

impl Wave for f32 {
    #[inline(always)]
    fn of(forms: &Forms) -> &[f32] {
        &forms.single
    }
    #[inline(always)]
    fn lines(forms: &mut Forms) -> &mut Lines<f32> {
        &mut forms.single
    }
    #[inline(always)]
    fn of_mut(forms: FormsMut<'_>) -> &mut [f32] {
        forms.single
    }
}

impl Forms {
    /// Room for `len` numbers from `at` on; what has never been written is 0.
    #[inline(always)]
    pub(crate) fn room<W: Wave>(&mut self, at: usize, len: usize) -> &mut [W] {
        let all = W::lines(self);
        all.grow(at + len, W::ZERO);
        &mut all[at..at + len]
    }

    /// Bytes held.
    fn bytes(&self) -> usize {
        size_of_val(&self.double[..]) + size_of_val(&self.single[..])
    }
}

/// No cell.
pub(crate) const NONE: u32 = u32::MAX;

/// Outgoing forms of the source cells that a block of parents has met.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    /// The zero form, then those of `met`.
    forms: Forms,
    len: usize,
    met: Vec<u32>,
    /// By cell: the block that met it last, and its place in `forms`.
    place: Vec<(u32, u32)>,
    block: u32,
}

impl Outgoing {
    /// Place of the zero form, which stands for cells that are not there.
    pub(crate) const NOTHING: u32 = 0;

    /// Forgets the cells that were met; `len` numbers make one form, always as many.
    pub(crate) fn next_block(&mut self, n_cells: usize, len: usize) {
        self.place.resize(n_cells, (0, 0));
        self.block = self.block.wrapping_add(1);
        if self.block == 0 {
            self.place.fill((0, 0));
            self.block = 1;
        }
        self.len = len;
        self.met.clear();
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let map = self.place.capacity() * size_of::<(u32, u32)>();
        self.forms.bytes() + self.met.capacity() * size_of::<u32>() + map
    }

    /// Gives a place to those of the cells, or of [`NONE`], that have none in this block.
    pub(crate) fn meet(&mut self, cells: &[u32]) {
        for &cell in cells.iter().filter(|&&cell| cell != NONE) {
            let place = &mut self.place[cell as usize];
            if place.0 != self.block {
                self.met.push(cell);
                *place = (self.block, (self.met.len() * self.len) as u32);
            }
        }
    }

    /// Cells that were met.
    pub(crate) fn count(&self) -> usize {
        self.met.len()
    }

    /// The cells that were met, and all their forms, in f32 if `single`.
    pub(crate) fn all_mut(&mut self, single: bool) -> (&[u32], FormsMut<'_>) {
        let (mut double, mut f32s): (&mut [f64], &mut [f32]) = (&mut [], &mut []);
        let numbers = self.met.len() * self.len;
        if single {
            f32s = self.forms.room(self.len, numbers);
        } else {
            double = self.forms.room(self.len, numbers);
        }
        let forms = FormsMut {
            double,
            single: f32s,
        };
        (&self.met, forms)
    }

    /// The places of cells that were met, of [`NONE`] that of the zero form; whether there is another.
    pub(crate) fn places(&self, cells: &[u32], places: &mut [u32]) -> bool {
        let mut any = false;
        for (to, &cell) in places.iter_mut().zip(cells) {
            *to = if cell == NONE {
                Self::NOTHING
            } else {
                any = true;
                self.place[cell as usize].1
            };
        }
        any
    }

    /// `count` numbers of the forms from `at` on: a place, and how far into the form.
    #[inline(always)]
    pub(crate) fn numbers<W: Wave>(&self, at: usize, count: usize) -> &[W] {
        &W::of(&self.forms)[at..][..count]
    }
}

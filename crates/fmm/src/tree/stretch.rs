//! What makes a cube a cell of a box whose sides differ.

/// Sides of cells over the largest of them, by axis: all 1 but on a torus whose box is no cube.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch<const D: usize>(pub(crate) [f64; D]);

impl<const D: usize> Stretch<D> {
    /// Of cubes.
    pub(crate) const NONE: Self = Self([1.0; D]);

    /// Whether all axes are alike.
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    /// A vector in sides, by axis, in largest sides.
    #[inline(always)]
    pub(crate) fn of(&self, u: [f64; D]) -> [f64; D] {
        std::array::from_fn(|a| self.0[a] * u[a])
    }

    /// The square of its length.
    #[inline(always)]
    pub(crate) fn square(&self, u: [f64; D]) -> f64 {
        self.of(u).iter().map(|x| x * x).sum()
    }

    /// The smallest side.
    pub(crate) fn least(&self) -> f64 {
        self.0.iter().copied().fold(1.0, f64::min)
    }

    /// By axis, the smallest of the other sides over its own, at most 1.
    pub(crate) fn beside(&self) -> [f64; D] {
        std::array::from_fn(|a| {
            let others = (0..D).filter(|&b| b != a);
            others.map(|b| self.0[b] / self.0[a]).fold(1.0, f64::min)
        })
    }

    /// The orders of the axes that leave the sides as they are, the first the one that there is: with σ, axis a is called σ\[a\].
    pub(crate) fn orders(&self) -> Vec<[usize; D]> {
        let all = (0..D.pow(D as u32))
            .map(|at| std::array::from_fn(|a| at / D.pow((D - 1 - a) as u32) % D));
        let is_order = |order: &[usize; D]| (0..D).all(|a| order.contains(&a));
        let is_alike = |order: &[usize; D]| (0..D).all(|a| self.0[order[a]] == self.0[a]);
        all.filter(is_order).filter(is_alike).collect()
    }

    /// The sides as bits; none of cubes.
    pub(crate) fn key(&self) -> Vec<u64> {
        if self.is_none() {
            return vec![];
        }
        self.0.iter().map(|e| e.to_bits()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beside_an_axis_and_which_are_alike() {
        assert_eq!(Stretch::<3>::NONE.beside(), [1.0; 3]);
        assert_eq!(Stretch([0.5, 1.0, 0.75]).beside(), [1.0, 0.5, 2.0 / 3.0]);
        assert_eq!(Stretch([0.5, 1.0, 1.0]).beside(), [1.0, 0.5, 0.5]);
        assert_eq!(Stretch::<3>::NONE.orders().len(), 6);
        assert_eq!(Stretch([0.5, 1.0, 1.0]).orders(), [[0, 1, 2], [0, 2, 1]]);
        assert_eq!(Stretch([0.5, 1.0]).orders(), [[0, 1]]);
    }
}

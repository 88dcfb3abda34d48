//! Kernels with a length of their own: operators by level.
//!
//! The operators of a level depend on the side of its cells beside the kernel's length. Sides are one of four an octave, so a cloud that
//! moves, or another one, mostly finds them made. A multipole is in the basis of its level, and m2m leads from one to the next.
//! On a torus the root's side is that of the box, and levels begin with the root.

use super::chebyshev::Nodes;
use super::{Interpolation, Radial, Serves, Shift, WIDEST, calibrated};
use crate::accuracy;
use crate::expansion::Asked;
use crate::kernel::{InCell, RadialTables};
use crate::torus::split::FarPower;
use crate::tree::Stretch;
use crate::{Error, ErrorKind, Result};
use lanes::accuracy::FULL;
use std::sync::Arc;

/// The expansions of the levels of a tree.
#[derive(Debug)]
pub(super) struct Levels<const D: usize> {
    tables: RadialTables,
    /// Among it the side of the root cube.
    asked: Asked<D>,
    /// The first level whose cells can meet their neighbours and themselves too.
    meets_all: Option<u32>,
    /// The level whose cells do, if the tree has such, for which the levels were made.
    finest: Option<u32>,
    /// From the [`first`](Self::first) level on, which is the first one with far lists.
    made: Vec<Interpolation<D>>,
    /// What the kernel is to far images, on a torus.
    closed: Option<FarPower>,
}

impl<const D: usize> Levels<D> {
    /// Those of a level; above the first one, where all multipoles and locals vanish or are not looked at, those of the
    /// first.
    #[inline(always)]
    pub(super) fn at(&self, level: u32) -> &Interpolation<D> {
        &self.made[level.saturating_sub(self.first()) as usize]
    }

    /// On a torus the root has far images.
    fn first(&self) -> u32 {
        if self.asked.torus { 0 } else { 2 }
    }

    /// Makes ready for a torus.
    pub(super) fn close(&mut self, power: FarPower) {
        self.closed = Some(power);
    }

    /// The first level whose cells can meet all others, and on which one has a few hundred points, if they are uniform.
    pub(super) fn finest(&self, points: usize) -> Option<u32> {
        let few = |&level: &u32| points >> (D as u32 * level).min(63) <= POINTS_OF_FINEST;
        (self.meets_all?..).find(few)
    }
}

/// Points of a cell of the finest level, at most: the work of a cell is less than that of its points then, and there are cells for all
/// threads.
const POINTS_OF_FINEST: usize = 512;

/// Levels from the second on whose functions are looked at: smaller cells see a power of r, or a smooth function.
const LOOKED_AT: u32 = 12;
/// How much less may be lost where cells meet all others: clusters in them are not resolved, and the errors of their pairs add up. With
/// 1, two clusters of 1/1000 of a cell missed the tolerance by up to 13 times.
const OF_CLUSTERS: f64 = 0.1;
/// The least field of another cluster, over that of far cells, beside which a cluster's error in its own may not show.
const LEAST_OF_OTHERS: f64 = 1e-4;
/// Octaves of r² above the side of a cell, to the cells that it meets, and to the points of any leaf.
const NEAR_CELLS: i32 = 6;
const ALL_CELLS: i32 = 60;
/// What interpolation may lose along one axis, of the tolerance.
const SHARE: f64 = 0.03;

/// The fewest nodes from `least` on that meet the function on every level: one that falls faster than a power, within a cell, asks for
/// more than a power does, and so does one that oscillates or grows. Errors are measured by what the potential varies from 1/64 of a cell
/// to its farthest cells.
fn enough_nodes<const D: usize>(
    cells: &[InCell],
    stretch: Stretch<D>,
    tolerance: f64,
    least: [usize; D],
) -> Result<[usize; D]> {
    let (mut n, beside) = (least, stretch.beside());
    for axis in 0..different_axes(stretch) {
        for cell in cells {
            let size = variation(cell);
            while lost((cell, stretch), (axis, n[axis]), false) > SHARE * tolerance * size {
                n[axis] += 1;
                if n[axis] > accuracy::most_nodes(D, beside[axis]) {
                    let allowed =
                        "a larger one: within a cell of this cloud the kernel varies too much";
                    let found = format!("{tolerance:e}");
                    return Err(Error::new(
                        ErrorKind::Tolerance,
                        "tolerance",
                        found,
                        allowed,
                    ));
                }
            }
        }
    }
    if stretch.is_none() {
        n = [n[0]; D];
    }
    Ok(n)
}

/// How many axes there are to look at: of cubes one is all.
fn different_axes<const D: usize>(stretch: Stretch<D>) -> usize {
    if stretch.is_none() { 1 } else { D }
}

/// The first level whose cells, and all smaller ones that are looked at, can meet their neighbours and themselves too; those that are not
/// looked at see less of the function yet. A cluster that is small beside its cell acts on itself by what interpolation loses, which must be
/// little beside the field of another one, wherever that is.
fn meets_all<const D: usize>(
    cells: &[InCell],
    stretch: Stretch<D>,
    tolerance: f64,
    n: [usize; D],
) -> Option<u32> {
    let can = |&(level, cell): &(u32, &InCell)| {
        let losses = (0..different_axes(stretch)).flat_map(|axis| {
            [true, false].map(|near| lost((cell, stretch), (axis, n[axis]), near))
        });
        let lost = losses.fold(0.0, f64::max);
        // The slope of a polynomial of degree n is up to n² times its size, over a side; mostly a few times less.
        let n = n.into_iter().fold(0, usize::max);
        let slope = 0.5 * (n * n) as f64 * lost / stretch.least();
        let field = |r: f64| (r * cell.phi(r * r)).abs();
        let least = [1.0, 1.5, 2.0, 3.0]
            .map(field)
            .into_iter()
            .fold(f64::INFINITY, f64::min);
        let least = least.min(of_others(cell, level) * field(3.0));
        lost <= SHARE * tolerance * variation(cell) && slope <= 0.5 * tolerance * least
    };
    let levels: Vec<(u32, &InCell)> = (2..).zip(cells).collect();
    let met = levels.iter().rev().take_while(|level| can(level));
    met.last().map(|&(level, _)| level)
}

/// The field across the root cube over that of the far cells of a level, but no less than what is looked at, and no more than 1.
fn of_others(cell: &InCell, level: u32) -> f64 {
    let field = |r: f64| (r * cell.phi(r * r)).abs();
    let ratio = field(2f64.powi(level as i32)) / field(3.0);
    if ratio >= LEAST_OF_OTHERS {
        ratio.min(1.0)
    } else {
        LEAST_OF_OTHERS
    }
}

/// What the function varies from 1/64 of a cell to its farthest cells.
fn variation(radial: &dyn Radial) -> f64 {
    let farthest = radial.value(9.0);
    let distances = (0..=55).map(|k| 3.0 * 1.1f64.powi(-k));
    let sizes = distances.map(|r| (radial.value(r * r) - farthest).abs());
    sizes.fold(0.0, f64::max)
}

/// Where sources are beside lines through a cell: how far away along the line, and aside, each in the sides of their axes.
type Places = (&'static [f64], &'static [f64]);
const FAR: Places = (&[1.5, 2.0, 3.0], &[0.0, 0.7, 1.5]);
const NEAR: Places = (&[0.0, 0.3, 0.5, 1.0], &[0.0, 0.1, 0.4, 1.0]);
/// Far ones across the line, which are not worse unless cells are stretched.
const FAR_ACROSS: Places = (&[0.0, 0.5, 1.0], &[1.5, 2.0, 3.0]);

/// The largest error of interpolation on `n` nodes that was found on lines through a cell along an axis, of sources far from it or `near`.
fn lost<const D: usize>(
    (radial, Stretch(e)): (&dyn Radial, Stretch<D>),
    (along, n): (usize, usize),
    near: bool,
) -> f64 {
    let cubes = Stretch(e).is_none();
    let places: &[Places] = match (near, cubes) {
        (true, _) => &[NEAR],
        (false, true) => &[FAR],
        (false, false) => &[FAR, FAR_ACROSS],
    };
    // Of cubes all other axes are one.
    let others = (0..D).filter(|&aside| aside != along);
    let others = others.take(if cubes { 1 } else { D });
    let losses = others.flat_map(|aside| {
        let sides = (e[along], e[aside]);
        places
            .iter()
            .map(move |&places| lost_along(radial, n, sides, places))
    });
    losses.fold(0.0, f64::max)
}

/// The same on a line along an axis of this side, of sources that lie aside along another.
fn lost_along(
    radial: &dyn Radial,
    n: usize,
    (side, side_across): (f64, f64),
    (away, aside): Places,
) -> f64 {
    let nodes = Nodes::new(n);
    let places: Vec<f64> = (0..=12).map(|k| k as f64 / 12.0 - 0.5).collect();
    let interpolants = nodes.interpolants(&places);
    let mut worst = 0.0f64;
    for away in away {
        for aside in aside {
            let value = |x: &f64| {
                let across = side_across * aside;
                radial.value((side * (x + away)).powi(2) + across * across)
            };
            let at_nodes: Vec<f64> = nodes.u.iter().map(value).collect();
            for (place, row) in places.iter().zip(&interpolants) {
                let found: f64 = row.iter().zip(&at_nodes).map(|(l, f)| l * f).sum();
                worst = worst.max((found - value(place)).abs());
            }
        }
    }
    worst
}

impl<const D: usize> Interpolation<D> {
    /// Expansions of a kernel from tables, and the accuracy of a near pair that goes with them.
    pub(crate) fn by_level(tables: &RadialTables, asked: &Asked<D>) -> Result<(Self, usize)> {
        calibrated(asked)?;
        if asked.single {
            return Err(Error::argument(
                "precision",
                "f32",
                "f64 for a kernel from tables",
            ));
        }
        // Second derivatives lose more.
        let share = if asked.gradient { 0.05 } else { 1.0 };
        let tolerance = share * asked.tolerance;
        let beside = asked.stretch.beside();
        let accuracy = match tables.core() {
            Some(_) => accuracy::around_algebraic_core(tolerance, beside),
            None => accuracy::interpolation(tolerance, None, beside),
        };
        let levels = 2..2 + LOOKED_AT as i32;
        let cells: Vec<InCell> = levels
            .map(|level| tables.in_cell(asked.root_side * 0.5f64.powi(level), NEAR_CELLS))
            .collect();
        let nodes = enough_nodes(&cells, asked.stretch, tolerance, accuracy.nodes)?;
        let second = |side: f64| {
            let radial = tables.in_cell(0.25 * side, ALL_CELLS);
            let radial = (radial, asked.stretch);
            Self::new(radial, nodes, accuracy.error, None, Serves::default())
        };
        let mut all = second(asked.root_side);
        all.levels = Some(Levels {
            tables: tables.clone(),
            asked: *asked,
            meets_all: meets_all(&cells, asked.stretch, tolerance, nodes),
            finest: None,
            made: if asked.torus {
                vec![]
            } else {
                vec![second(asked.root_side)]
            },
            closed: None,
        });
        let pair = match tables.core() {
            Some(_) => accuracy::radial_pair(asked.pairs, true, D, false),
            None => FULL,
        };
        Ok((all, pair))
    }

    /// The expansions for another root cube, which depend on nothing else.
    pub(super) fn fit_side(&mut self, root_side: f64) -> Result<()> {
        if let Some(levels) = &self.levels
            && levels.asked.root_side != root_side
        {
            let asked = Asked {
                root_side,
                ..levels.asked
            };
            let (mut fitted, _) = Self::by_level(&levels.tables, &asked)?;
            fitted.found.add(std::mem::take(&mut self.found));
            *self = fitted;
        }
        Ok(())
    }

    /// The levels of a tree of this depth, unless they are there.
    pub(super) fn make_levels(&mut self, depth: u32, finest: Option<u32>) {
        // Where the tree ends in cells that meet all others, clusters may be far from each other on every level.
        let reached = finest.filter(|&level| level <= depth);
        let share = if reached.is_some() { OF_CLUSTERS } else { 1.0 };
        let (nodes, error) = (self.nodes.counts(), share * self.error);
        let Some(levels) = &mut self.levels else {
            return;
        };
        let root_side = levels.asked.root_side;
        if levels.finest != reached {
            levels.made.clear();
            levels.finest = reached;
        }
        let (first, closed) = (levels.first(), levels.closed);
        let all = &mut levels.made;
        let wanted = (depth + 1).saturating_sub(first).max(1) as usize;
        if all.len() >= wanted {
            return;
        }
        for level in all.len() as u32 + first..wanted as u32 + first {
            let radial = levels
                .tables
                .in_cell(root_side * 0.5f64.powi(level as i32), ALL_CELLS);
            let meets_all = reached == Some(level);
            let share = if meets_all {
                of_others(&radial, level)
            } else {
                1.0
            };
            let serves = Serves {
                near: meets_all,
                torus: levels.asked.torus,
            };
            let radial = (radial, levels.asked.stretch);
            let next = Self::new(radial, nodes, share * error, all.last(), serves);
            self.found.add(next.found.clone());
            all.push(next);
        }
        for level in 1..all.len() {
            let [parents, children] = [level - 1, level].map(|k| all[k].operators.clone());
            all[level - 1].shift = Arc::new(Shift::new(&self.nodes, &parents, &children));
        }
        let most = all
            .iter()
            .map(|level| level.operators.rank)
            .max()
            .unwrap_or(0);
        let padded = most.next_multiple_of(WIDEST);
        all.iter_mut().for_each(|level| level.pad_to(padded));
        for level in 1..all.len() {
            all[level - 1].signs_below = all[level].signs.clone();
        }
        if let Some(power) = closed {
            for (level, one) in all.iter_mut().enumerate() {
                one.close_cell((level == 0).then_some((power, root_side)));
            }
        }
        self.pad_to(padded);
    }
}

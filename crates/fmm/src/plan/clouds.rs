//! The points of a plan: checked, and where they lie on a torus.

use crate::cost::filling;
use crate::points::{Extent, check_positions, check_resolution, is_double};
use crate::torus::Torus;
use crate::tree::{Frame, Width};
use crate::{Error, Real, Result};
use lanes::Chosen;
use std::borrow::Cow;

/// Positions that are finite, and what they fill.
pub(crate) struct Clouds<'a, T: Real, const D: usize> {
    sources: Cow<'a, [[T; D]]>,
    targets: Option<Cow<'a, [[T; D]]>>,
    of_sources: Extent<D>,
    of_targets: Extent<D>,
}

impl<'a, T: Real, const D: usize> Clouds<'a, T, D> {
    /// As the user has them, or where they lie on a torus.
    pub(crate) fn new(
        chosen: Chosen,
        torus: Option<Torus<D>>,
        sources: &'a [[T; D]],
        targets: Option<&'a [[T; D]]>,
    ) -> Result<Self> {
        let name = Self::name(targets.is_some());
        let (mut of_targets, mut of_sources) = (
            check_positions(chosen, "targets", targets.unwrap_or_default())?,
            check_positions(chosen, name, sources)?,
        );
        let (mut sources, mut targets) = (Cow::Borrowed(sources), targets.map(Cow::Borrowed));
        if let Some(torus) = torus {
            torus.check_count(name, sources.len())?;
            if !is_double::<T>() {
                // Images would be rounded by more than close points are apart.
                return Err(Error::argument(name, "f32", "f64 on a torus"));
            }
            sources = Cow::Owned(torus.wrap(&sources));
            targets = targets.map(|targets| Cow::Owned(torus.wrap(&targets)));
            of_sources = Extent::of(chosen, sources.as_flattened());
            of_targets = Extent::of(
                chosen,
                targets.as_deref().unwrap_or_default().as_flattened(),
            );
        }
        Ok(Self {
            sources,
            targets,
            of_sources,
            of_targets,
        })
    }

    pub(crate) fn sources(&self) -> &[[T; D]] {
        &self.sources
    }

    pub(crate) fn targets(&self) -> Option<&[[T; D]]> {
        self.targets.as_deref()
    }

    /// What the sources are called.
    fn name(apart: bool) -> &'static str {
        if apart { "sources" } else { "positions" }
    }

    pub(crate) fn both(&self) -> Extent<D> {
        self.of_sources.join(self.of_targets)
    }

    /// What one leaf of so many points at most is to have of an evenly filled cloud.
    pub(crate) fn share_of_leaf(&self, capacity: usize) -> f64 {
        let targets = self.targets().map_or(0, <[_]>::len);
        filling(D as u32) * capacity as f64 / self.sources.len().max(targets) as f64
    }

    /// The frame that expansions with sides of their own will probably have, before more is known than what was asked for.
    pub(crate) fn probable_frame(&self, capacity: Option<usize>) -> Frame<D> {
        // What the cost model mostly chooses at 1e-6; if it chooses another side, operators of one level are made for nothing.
        let capacity = capacity.unwrap_or(if D == 2 { 128 } else { 192 });
        let share = self.share_of_leaf(capacity);
        Frame::of::<T>(&self.both(), Width::FewSides { share })
    }

    pub(crate) fn check_resolution(&self, frame: &Frame<D>) -> Result<()> {
        let targets = self.targets().unwrap_or_default();
        check_resolution(
            frame,
            Self::name(self.targets.is_some()),
            &self.sources,
            &self.of_sources,
        )?;
        check_resolution(frame, "targets", targets, &self.of_targets)
    }
}

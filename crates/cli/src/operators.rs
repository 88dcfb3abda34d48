//! `--operators`: where the operators of interpolated far fields are kept from one call to the next.

use crate::error::Result;
use crate::text::{plural, seconds};
use clap::Args;
use etcetera::BaseStrategy;
use farfield::OperatorsReport;
use farfield::operators::keep_in;
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Args, Debug, Clone)]
pub(crate) struct Operators {
    /// Where operators of kernels other than biot-savart and coulomb, and of all in a box whose sides differ, are kept for the next call: a folder, which may be deleted
    /// at any time, or none [default: farfield/operators in your cache folder]
    #[arg(long, value_name = "FOLDER")]
    operators: Option<PathBuf>,
}

/// The folder in use, and why it is not the default one.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Kept {
    folder: Option<String>,
    unusable: Option<String>,
}

impl Operators {
    /// Whether anything was said about them.
    pub(crate) fn is_given(&self) -> bool {
        self.operators.is_some()
    }

    /// Keeps operators there from now on. Only a folder that was named must be usable.
    pub(crate) fn keep(&self) -> Result<Kept> {
        let kept = |folder: &Path| Kept {
            folder: Some(folder.display().to_string()),
            unusable: None,
        };
        if let Some(folder) = &self.operators {
            let named = Some(&**folder).filter(|folder| *folder != Path::new("none"));
            keep_in(named)?;
            return Ok(named.map_or_else(Kept::default, kept));
        }
        let keep = |folder: PathBuf| match keep_in(Some(&folder)) {
            Ok(()) => Ok(kept(&folder)),
            Err(error) => Err(error.to_string()),
        };
        let found = default_folder().and_then(keep);
        Ok(found.unwrap_or_else(|why| Kept {
            folder: None,
            unusable: Some(why),
        }))
    }
}

fn default_folder() -> Result<PathBuf, String> {
    let base = etcetera::choose_base_strategy().map_err(|error| error.to_string())?;
    Ok(base.cache_dir().join("farfield").join("operators"))
}

/// Where the operators of a plan came from.
#[derive(Serialize)]
pub(crate) struct Found {
    made: usize,
    from_memory: usize,
    from_disk: usize,
    /// Of those that were made.
    kept: usize,
    folder: Option<String>,
    not_kept: Option<String>,
    seconds: f64,
}

impl Found {
    /// `None` for kernels without.
    pub(crate) fn new(kept: &Kept, report: OperatorsReport) -> Option<Self> {
        let sets = report.made + report.from_memory + report.from_disk;
        (sets > 0).then(|| Self {
            made: report.made,
            from_memory: report.from_memory,
            from_disk: report.from_disk,
            kept: report.kept,
            folder: kept.folder.clone(),
            not_kept: report.not_kept.or_else(|| kept.unusable.clone()),
            seconds: report.seconds,
        })
    }

    /// The same in a line.
    pub(crate) fn line(&self) -> String {
        let mut parts = vec![];
        if self.made > 0 {
            parts.push(format!("{} made", plural(self.made, "set")));
        }
        if self.from_disk > 0 {
            parts.push(format!("{} read", plural(self.from_disk, "set")));
        }
        if let (Some(folder), 1..) = (&self.folder, self.kept) {
            parts.push(format!("kept in {folder}"));
        }
        if let Some(why) = &self.not_kept {
            parts.push(format!("not kept: {why}"));
        }
        format!("{} ({})", seconds(self.seconds), parts.join(", "))
    }
}

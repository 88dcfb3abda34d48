//! `farfield export`: a snapshot in a format that other programs read.

mod vtp;

use crate::error::{Error, Result};
use crate::files;
use crate::npy;
use crate::npz::NpzWriter;
use crate::snapshots::Number;
use crate::text::{plural, say};
use clap::Args;
use farfield_dynamics::{Snapshot, State};
use std::io::{self, Write};
use std::path::PathBuf;

/// Write a snapshot as npz, npy, csv or vtp (ParaView)
///
/// npz: positions (N, 2), strengths (N,), time, step; npy: the positions; csv and vtp: id, position and circulation.
/// Particles keep their order.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// An output folder, whose last snapshot is taken by default, or one snapshot (.ffs)
    #[arg(value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    number: Number,
    /// Ends in .npz, .npy, .csv or .vtp
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

impl Export {
    pub(crate) fn run(&self) -> Result<()> {
        let write = match self
            .output
            .extension()
            .and_then(|extension| extension.to_str())
        {
            Some("npz") => npz,
            Some("npy") => positions,
            Some("csv") => csv,
            Some("vtp") => vtp::write,
            _ => {
                let allowed = "a name that ends in .npz, .npy, .csv or .vtp";
                return Err(Error::refused("--output", self.output.display(), allowed));
            }
        };
        files::check_folder_of(&self.output)?;
        let state = Snapshot::read(&self.number.of(&self.from)?)?.state;
        files::write(&self.output, |to| write(&state, to))?;
        let (n, step, time) = (plural(state.n(), "particle"), state.step, state.time);
        let output = self.output.display();
        say(format_args!(
            "{n} at step {step}, t = {time}: wrote {output}"
        ));
        Ok(())
    }
}

type To<'a> = &'a mut io::BufWriter<std::fs::File>;

fn npz(state: &State, to: To) -> io::Result<()> {
    let n = state.n();
    let mut npz = NpzWriter::new(to);
    npz.array(
        "positions",
        &[n, 2],
        state.positions.iter().flatten().copied(),
    )?;
    npz.array("strengths", &[n], state.circulations.iter().copied())?;
    npz.array("time", &[], [state.time])?;
    npz.array("step", &[], [state.step as i64])?;
    npz.finish()
}

fn positions(state: &State, to: To) -> io::Result<()> {
    npy::write(
        to,
        &[state.n(), 2],
        state.positions.iter().flatten().copied(),
    )
}

fn csv(state: &State, to: To) -> io::Result<()> {
    writeln!(to, "id,x,y,circulation")?;
    for (id, ([x, y], m)) in state.positions.iter().zip(&state.circulations).enumerate() {
        writeln!(to, "{id},{x:?},{y:?},{m:?}")?;
    }
    Ok(())
}

//! `farfield export`: a snapshot in a format that other programs read.

mod particles;
mod pvd;
mod vtp;

use crate::dimension::in_dimension;
use crate::error::{Error, Result};
use crate::files;
use crate::npy;
use crate::npz::NpzWriter;
use crate::snapshots::{Number, is_archive};
use crate::text::{plural, say};
use clap::Args;
use farfield_dynamics::{Snapshot, State};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Write a snapshot as npz, npy, csv or vtp (ParaView), or as a file of its own, or all of a run as pvd
///
/// npz: positions (N, 2) or (N, 3), strengths (N,), time, step; npy: the positions; csv and vtp: id, position and
/// circulation; ffs: all of it, as the archive has it. Of vortex particles in space strengths are vectors (N, 3), also in csv and vtp, and npz has
/// their core (its δ) too. pvd: a vtp of every snapshot in a folder beside the file, which has their times. Particles keep their order.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// An output folder or its archive (.ffa), whose last snapshot is taken by default, or one snapshot (.ffs)
    #[arg(value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    number: Number,
    /// Ends in .npz, .npy, .csv, .vtp or .ffs; or in .pvd, for all snapshots
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

impl Export {
    pub(crate) fn run(&self) -> Result<()> {
        if self.output.extension().is_some_and(|end| end == "pvd") {
            return self.series();
        }
        let form = Form::of(&self.output)?;
        files::check_folder_of(&self.output)?;
        let one = self.number.of(&self.from)?;
        in_dimension!(one.dimension()?, D => self.save(&one.read::<D>()?, form))
    }

    fn series(&self) -> Result<()> {
        if let Some(number) = self.number.given {
            let allowed = "not with .pvd, which takes all snapshots";
            return Err(Error::refused("--snapshot", number, allowed));
        }
        if self.from.is_file() && !is_archive(&self.from) {
            let allowed = "with .pvd an output folder or an archive";
            return Err(Error::refused(self.from.display(), "one file", allowed));
        }
        files::check_folder_of(&self.output)?;
        pvd::write(&self.from, &self.output)
    }

    fn save<const D: usize>(&self, snapshot: &Snapshot<D>, form: Form) -> Result<()> {
        let state = &snapshot.state;
        files::write(&self.output, |to| match form {
            Form::Npz => npz(state, to),
            Form::Npy => positions(state, to),
            Form::Csv => csv(state, to),
            Form::Vtp => vtp::write(state, to),
            Form::Ffs => snapshot.write(to),
        })?;
        let (n, step, time) = (plural(state.n(), "particle"), state.step, state.time);
        let output = self.output.display();
        say(format_args!(
            "{n} at step {step}, t = {time}: wrote {output}"
        ));
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Form {
    Npz,
    Npy,
    Csv,
    Vtp,
    Ffs,
}

impl Form {
    /// By the end of a file's name.
    fn of(output: &Path) -> Result<Self> {
        match output.extension().and_then(|extension| extension.to_str()) {
            Some("npz") => Ok(Self::Npz),
            Some("npy") => Ok(Self::Npy),
            Some("csv") => Ok(Self::Csv),
            Some("vtp") => Ok(Self::Vtp),
            Some("ffs") => Ok(Self::Ffs),
            _ => {
                let allowed = "a name that ends in .npz, .npy, .csv, .vtp, .ffs or .pvd";
                Err(Error::refused("--output", output.display(), allowed))
            }
        }
    }
}

type To<'a> = &'a mut io::BufWriter<std::fs::File>;

fn npz<const D: usize>(state: &State<D>, to: To) -> io::Result<()> {
    let n = state.n();
    let mut npz = NpzWriter::new(to);
    let place = particles::place::<D>();
    npz.array("positions", &[n, place], particles::places(state))?;
    match particles::core(state) {
        None => npz.array("strengths", &[n], state.circulations.iter().copied())?,
        Some(delta) => {
            npz.array("strengths", &[n, 3], particles::vectors(state))?;
            npz.array("core", &[], [delta])?;
        }
    }
    npz.array("time", &[], [state.time])?;
    npz.array("step", &[], [state.step as i64])?;
    npz.finish()
}

fn positions<const D: usize>(state: &State<D>, to: To) -> io::Result<()> {
    let shape = [state.n(), particles::place::<D>()];
    npy::write(to, &shape, particles::places(state))
}

fn csv<const D: usize>(state: &State<D>, to: To) -> io::Result<()> {
    let place = particles::place::<D>();
    let written = |numbers: &[f64]| {
        let all: Vec<_> = numbers.iter().map(|x| format!("{x:?}")).collect();
        all.join(",")
    };
    let strength = match particles::carries::<D>() {
        true => "strength_x,strength_y,strength_z",
        false => "circulation",
    };
    let axes = ["x", "y", "z"][..place].join(",");
    writeln!(to, "id,{axes},{strength}")?;
    for (id, (row, m)) in state.positions.iter().zip(&state.circulations).enumerate() {
        let strength = match particles::carries::<D>() {
            true => written(&row[place..2 * place]),
            false => written(&[*m]),
        };
        writeln!(to, "{id},{},{strength}", written(&row[..place]))?;
    }
    Ok(())
}

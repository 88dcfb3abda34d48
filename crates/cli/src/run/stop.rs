//! Ctrl-C: the first ends the run after its step, the second at once. (Not SIGHUP and SIGTERM: listening to them would
//! undo `nohup`, and snapshots are there for harder ends.)

use crate::error::{Error, Result};
use crate::text::tell;
use indicatif::ProgressBar;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) static STOP: AtomicBool = AtomicBool::new(false);

/// From now on, listens; `bar` is what the message must not disturb.
pub(super) fn listen(bar: ProgressBar) -> Result<()> {
    let heard = ctrlc::set_handler(move || {
        if STOP.swap(true, Ordering::SeqCst) {
            std::process::exit(super::INTERRUPTED.into());
        }
        bar.suspend(|| tell("finishing this step, then a snapshot; once more aborts"));
    });
    heard.map_err(|error| Error::Failed(format!("cannot listen to Ctrl-C: {error}")))
}

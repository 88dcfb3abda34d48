//! Numbers as people read them.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints to stdout. A reader that went away (`| head`) is no reason to fail.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints to stderr.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// 1234567 → `1,234,567`.
pub(crate) fn count(n: impl TryInto<u64>) -> String {
    let digits = n.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1e-5`, `3.16e-5`: three digits, and none more than it has.
pub(crate) fn tolerance(tolerance: f64) -> String {
    let rounded: f64 = format!("{tolerance:.2e}").parse().unwrap_or(tolerance);
    format!("{rounded:e}")
}

/// `1 particle`, `2 particles`.
pub(crate) fn plural(n: usize, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", count(n as u64))
}

/// `0.0123 s`, `12.3 s`, `5 min 12 s`, `3 h 20 min`.
pub(crate) fn seconds(s: f64) -> String {
    if !s.is_finite() || s < 0.0 {
        return "?".into();
    }
    let whole = s.round() as u64;
    match whole {
        0..10 => format!("{s:.3} s"),
        10..120 => format!("{s:.1} s"),
        120..7200 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// To three digits with the unit that fits: `12.3 µs`, `123 ms`, `1.23 s`; long times as [`seconds`].
pub(crate) fn short_seconds(s: f64) -> String {
    let (value, unit) = match s {
        0.0..999.5e-6 => (1e6 * s, "µs"),
        999.5e-6..0.9995 => (1e3 * s, "ms"),
        0.9995..120.0 => (s, "s"),
        _ => return seconds(s),
    };
    let decimals = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

/// Time left: `under 1 s`, `19 s`, `5 min 12 s`.
pub(crate) fn time_left(s: f64) -> String {
    match s {
        0.0..1.0 => "under 1 s".into(),
        1.0..120.0 => format!("{s:.0} s"),
        _ => seconds(s),
    }
}

/// `999 B`, `40.0 MB`, `1.2 GB`.
pub(crate) fn bytes(n: usize) -> String {
    let (mut value, mut units) = (n as f64, ["kB", "MB", "GB", "TB"].into_iter());
    let mut unit = "B";
    while value >= 999.5 {
        let Some(next) = units.next() else { break };
        (value, unit) = (value / 1000.0, next);
    }
    match unit {
        "B" => format!("{n} B"),
        _ if value < 9.95 => format!("{value:.1} {unit}"),
        _ => format!("{value:.0} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0u64), "0");
        assert_eq!(count(999u64), "999");
        assert_eq!(count(1_234_567u64), "1,234,567");
        assert_eq!(plural(1, "particle"), "1 particle");
        assert_eq!(plural(2000, "particle"), "2,000 particles");
        assert_eq!(tolerance(1e-5), "1e-5");
        assert_eq!(tolerance(0.1 / 1e7f64.sqrt()), "3.16e-5");
        assert_eq!(seconds(0.0123), "0.012 s");
        assert_eq!(seconds(59.94), "59.9 s");
        assert_eq!(seconds(312.0), "5 min 12 s");
        assert_eq!(seconds(12000.0), "3 h 20 min");
        assert_eq!(seconds(f64::NAN), "?");
        assert_eq!(short_seconds(12.34e-6), "12.3 µs");
        assert_eq!(short_seconds(999.7e-6), "1.00 ms");
        assert_eq!(short_seconds(0.1234), "123 ms");
        assert_eq!(short_seconds(9.996), "10.0 s");
        assert_eq!(short_seconds(650.0), "10 min 50 s");
        assert_eq!(time_left(19.12), "19 s");
        assert_eq!(time_left(0.25), "under 1 s");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1500), "1.5 kB");
        assert_eq!(bytes(40_000_000), "40 MB");
        assert_eq!(bytes(999_999_999), "1.0 GB");
    }
}

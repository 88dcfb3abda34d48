//! Formulas as people write them, in the notation of the parser: there a sign binds tighter than a power (−2^2 = 4), a function without
//! parentheses takes what follows it alone, and numbers have no exponents.

/// Names that stand for numbers; variables have one letter.
const NUMBERS: [&str; 6] = ["PI", "π", "E", "e", "TAU", "τ"];

/// What was found, and what was allowed.
type Refused = (String, &'static str);

/// The formula with the same meaning for the parser.
pub(super) fn plain(formula: &str) -> Result<String, Refused> {
    let (mut rest, mut plain, mut before) = (formula.trim_start(), String::new(), '(');
    let mut before_token = "";
    // By depth of parentheses: whether what is read is an exponent.
    let mut exponents = vec![false];
    while let Some(first) = rest.chars().next() {
        let len = match first {
            _ if first.is_ascii_digit() || first == '.' => number(rest),
            _ if first.is_alphabetic() => word(rest),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(len);
        let after = after.trim_start();
        if (first.is_alphanumeric() || first == '.') && "1)".contains(before) {
            return Err((
                format!("{before_token} {token}"),
                "an operator between them",
            ));
        }
        match (first, exponents.last_mut()) {
            ('(', _) => exponents.push(false),
            (')', _) => drop(exponents.pop()),
            ('^', Some(true)) => {
                return Err(("^".into(), "parentheses in a power of a power"));
            }
            ('^', Some(exponent)) => *exponent = true,
            ('+' | '-' | '*' | '/', Some(exponent)) if before != '^' => *exponent = false,
            _ => {}
        }
        match first {
            '-' | '+' if before == '/' => {
                return Err((
                    format!("{before}{first}"),
                    "parentheses around what has a sign",
                ));
            }
            // 2^-r is what the parser makes of it.
            '-' if "(+-*".contains(before) => plain.push_str("(0-1)*"),
            '+' if "(+-*".contains(before) => {}
            _ if first.is_ascii_digit() || first == '.' => {
                let value: f64 = token.parse().map_err(|_| (token.into(), "a number"))?;
                plain.push_str(&format!("{value}"));
            }
            _ if first.is_alphabetic() => {
                let is_name = token.len() == 1 || NUMBERS.contains(&token);
                if !is_name && !after.starts_with('(') {
                    return Err((token.into(), "parentheses after the name of a function"));
                }
                plain.push_str(token);
            }
            _ => plain.push_str(token),
        }
        before = if first.is_alphanumeric() || first == '.' {
            '1'
        } else {
            first
        };
        before_token = token;
        rest = after;
    }
    Ok(plain)
}

/// Bytes of the number at the start.
fn number(text: &str) -> usize {
    let digits = |from: usize| {
        let rest = &text.as_bytes()[from..];
        from + rest
            .iter()
            .take_while(|c| c.is_ascii_digit() || **c == b'.')
            .count()
    };
    let end = digits(0);
    let mut exponent = text[end..].chars();
    if !matches!(exponent.next(), Some('e' | 'E')) {
        return end;
    }
    let sign = usize::from(matches!(exponent.clone().next(), Some('+' | '-')));
    let whole = digits(end + 1 + sign);
    if whole > end + 1 + sign { whole } else { end }
}

/// Bytes of the word at the start.
fn word(text: &str) -> usize {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    text.find(|c| !inside(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_numbers_and_spaces() {
        for (written, expected) in [
            ("-r^2", "(0-1)*r^2"),
            ("exp(-r^2)", "exp((0-1)*r^2)"),
            ("2 - -r", "2-(0-1)*r"),
            ("r^-2", "r^-2"),
            ("1e-3*r", "0.001*r"),
            ("2.5E2", "250"),
            ("2*+r", "2*r"),
            ("exp (r)", "exp(r)"),
            ("(r)-1", "(r)-1"),
            ("(r^2)^-3+r^2", "(r^2)^-3+r^2"),
        ] {
            assert_eq!(plain(written).unwrap(), expected);
        }
        for parts in ["1 2*r", "1. 5*r", "r^2 3", "P I*r", "(r)2", "2r", "r r"] {
            assert_eq!(
                plain(parts).unwrap_err().1,
                "an operator between them",
                "{parts}"
            );
        }
        assert!(plain("1..2").is_err() && plain("sin r").is_err() && plain("1/-r").is_err());
        for tower in ["r^2^3", "2^-r^2", "2^(r)^2"] {
            assert!(plain(tower).is_err(), "{tower}");
        }
    }
}

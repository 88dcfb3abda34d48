//! The numbers of points to time.

/// Both ends and the round numbers between them: 1, 2, 5 times a power of ten.
pub(super) fn between(from: usize, to: usize) -> Vec<usize> {
    let decades = (0..).map_while(|power| 10usize.checked_pow(power));
    let round = decades.flat_map(|decade| [1, 2, 5].map(|digit| decade.saturating_mul(digit)));
    let inner = round.skip_while(|n| *n <= from).take_while(|n| *n < to);
    let mut all = vec![from];
    all.extend(inner);
    all.push(to);
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn ends_and_round_numbers() {
        assert_eq!(between(250, 5000), [250, 500, 1000, 2000, 5000]);
        assert_eq!(between(1, 7), [1, 2, 5, 7]);
        assert_eq!(between(30, 40), [30, 40]);
        assert_eq!(between(12, 12), [12]);
    }
}

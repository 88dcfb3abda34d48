//! Constants from measured seconds: non-negative least squares.

/// One measurement: seconds = Σ count·constant, by the names of the constants.
pub(super) struct Row {
    pub(super) counts: Vec<(String, f64)>,
    pub(super) seconds: f64,
}

/// The constants, seconds each, for which the relative errors of all rows have the least squares, and the root of their
/// mean. Constants that would come out negative are left out, one after the other, the most negative first.
pub(super) fn fit(rows: &[Row]) -> (Vec<(String, f64)>, f64) {
    let mut names: Vec<String> = vec![];
    for (name, _) in rows.iter().flat_map(|row| &row.counts) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    loop {
        let relative: Vec<Vec<f64>> = rows.iter().map(|row| relative(row, &names)).collect();
        let constants = least_squares(&relative, names.len());
        let worst = (0..names.len()).min_by(|&i, &j| constants[i].total_cmp(&constants[j]));
        match worst {
            Some(i) if constants[i] <= 0.0 => {
                names.remove(i);
            }
            _ => {
                let square = |row: &Vec<f64>| (dot(row, &constants) - 1.0).powi(2);
                let mean = relative.iter().map(square).sum::<f64>() / rows.len().max(1) as f64;
                return (names.into_iter().zip(constants).collect(), mean.sqrt());
            }
        }
    }
}

/// The counts of a row by name, over its seconds.
fn relative(row: &Row, names: &[String]) -> Vec<f64> {
    let count = |name: &String| row.counts.iter().find(|(n, _)| n == name);
    let count = |name| count(name).map_or(0.0, |(_, count)| *count);
    names.iter().map(|name| count(name) / row.seconds).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// x with the least Σ (row·x − 1)², from the normal equations; columns are scaled to the same size first.
fn least_squares(rows: &[Vec<f64>], n: usize) -> Vec<f64> {
    let column = |i: usize| rows.iter().map(move |row| row[i]);
    let scale: Vec<f64> = (0..n)
        .map(|i| {
            column(i)
                .map(|x| x * x)
                .sum::<f64>()
                .sqrt()
                .max(f64::MIN_POSITIVE)
        })
        .collect();
    let mut system: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let products = |j: usize| column(i).zip(column(j)).map(|(a, b)| a * b).sum::<f64>();
            let mut equation: Vec<f64> =
                (0..n).map(|j| products(j) / scale[i] / scale[j]).collect();
            // A trace of damping: columns that nearly repeat each other share their sum.
            equation[i] += 1e-9;
            equation.push(column(i).sum::<f64>() / scale[i]);
            equation
        })
        .collect();
    // Positive definite: elimination needs no pivots.
    for i in 0..n {
        for k in 0..n {
            if k != i {
                let factor = system[k][i] / system[i][i];
                let pivot = system[i].clone();
                for (x, y) in system[k].iter_mut().zip(&pivot) {
                    *x -= factor * y;
                }
            }
        }
    }
    (0..n)
        .map(|i| system[i][n] / system[i][i] / scale[i])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(counts: &[(&str, f64)], seconds: f64) -> Row {
        Row {
            counts: counts
                .iter()
                .map(|(name, x)| (name.to_string(), *x))
                .collect(),
            seconds,
        }
    }

    #[test]
    fn exact_measurements_give_their_constants() {
        let seconds = |a: f64, b: f64| 2e-9 * a + 5e-7 * b;
        let counts = [(1e6, 10.0), (1e5, 1000.0), (3e6, 200.0)];
        let rows = counts.map(|(a, b)| row(&[("a", a), ("b", b)], seconds(a, b)));
        let (constants, error) = fit(&rows);
        assert_eq!((&*constants[0].0, &*constants[1].0), ("a", "b"));
        assert!((constants[0].1 / 2e-9 - 1.0).abs() < 1e-6);
        assert!((constants[1].1 / 5e-7 - 1.0).abs() < 1e-6);
        assert!(error < 1e-6);
    }

    #[test]
    fn nothing_comes_out_negative() {
        let rows = [
            row(&[("a", 1.0), ("b", 1.0)], 1.0),
            row(&[("a", 2.0), ("b", 1.0)], 2.1),
        ];
        // Solved exactly, b were −0.1.
        let (constants, error) = fit(&rows);
        assert_eq!(constants.len(), 1);
        assert_eq!(constants[0].0, "a");
        assert!((constants[0].1 - 1.02).abs() < 0.01 && error > 0.0);
    }
}

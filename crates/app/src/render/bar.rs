//! Bullet bars: a score from 0 to 120 with a mark at the target.

/// Columns of a bar: ten to the target, its mark, two beyond.
pub const WIDTH: usize = 13;

const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A score as a bar. `sure` is false where there is too little data: then it is drawn light.
pub fn bar(score: Option<f64>, sure: bool) -> String {
    let score = score.unwrap_or(0.0).clamp(0.0, 120.0);
    let mut cells = String::new();
    for cell in 0..12 {
        if cell == 10 {
            cells.push(if score > 100.0 && sure { '┃' } else { '│' });
        }
        let filled = ((score / 10.0 - f64::from(cell)) * 8.0).round().clamp(0.0, 8.0) as usize;
        cells.push(match EIGHTHS.get(filled) {
            Some(part) if sure => *part,
            _ if sure => '█',
            _ if filled >= 4 => '░',
            _ => ' ',
        });
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_to_its_score() {
        let check = |score: f64, expected: &str| assert_eq!(bar(Some(score), true), expected);
        check(0.0, "          │  ");
        check(50.0, "█████     │  ");
        check(84.0, "████████▍ │  ");
        check(100.0, "██████████│  ");
        check(105.0, "██████████┃▌ ");
        check(120.0, "██████████┃██");
        assert_eq!(bar(None, true), "          │  ");
        assert_eq!(bar(Some(55.0), false), "░░░░░░    │  ");
        assert!(EIGHTHS.len() == 8 && bar(Some(f64::MAX), true).chars().count() == WIDTH);
    }
}

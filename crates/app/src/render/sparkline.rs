//! A measure's past in one line of small bars.

/// One period of a sparkline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dot {
    /// A value.
    Value(f64),
    /// A value that late outcomes can still change; it takes no part in the scale.
    Early,
    /// No value.
    Gap,
}

const LEVELS: [char; 5] = ['▁', '▂', '▃', '▅', '▇'];

/// The last `columns` dots, lowest ▁ and highest ▇; a gap is a space and an early value a dot.
pub fn sparkline(dots: &[Dot], columns: usize) -> String {
    let shown = dots.get(dots.len().saturating_sub(columns)..).unwrap_or(dots);
    let values = || shown.iter().filter_map(|dot| if let Dot::Value(value) = dot { Some(*value) } else { None });
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    let level = |value: f64| {
        let place = if high > low { ((value - low) / (high - low) * 4.0).round() as usize } else { 2 };
        LEVELS.get(place).copied().unwrap_or('▇')
    };
    let drawn = shown.iter().map(|dot| match dot {
        Dot::Value(value) => level(*value),
        Dot::Early => '·',
        Dot::Gap => ' ',
    });
    let missing = columns.saturating_sub(shown.len());
    " ".repeat(missing).chars().chain(drawn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_gaps() {
        let dots = [Dot::Value(9.0), Dot::Value(0.0), Dot::Gap, Dot::Value(1.0), Dot::Value(4.0), Dot::Early];
        assert_eq!(sparkline(&dots, 5), "▁ ▂▇·");
        assert_eq!(sparkline(&dots, 8), "  ▇▁ ▁▃·");
        assert_eq!(sparkline(&[Dot::Value(2.0); 3], 3), "▃▃▃");
        assert_eq!(sparkline(&[], 3), "   ");
    }
}
